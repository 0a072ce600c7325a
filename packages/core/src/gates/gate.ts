/** A decision over evidence, always with its reasons. `inconclusive` is neither a pass nor a fail. */
export interface GateResult {
  verdict: 'pass' | 'fail' | 'inconclusive';
  reasons: string[];
  comparisons: Comparison[];
}

/** One number that was compared with a limit, for report and status. */
export interface Comparison {
  metric: string;
  value: number | null;
  baseline: number | null;
  limit: number | null;
  unit: 'share' | 'ms' | 'count';
  ok: boolean | null;
}

export const passed = (reasons: string[], comparisons: Comparison[] = []): GateResult => ({
  verdict: 'pass',
  reasons,
  comparisons,
});
export const failed = (reasons: string[], comparisons: Comparison[] = []): GateResult => ({
  verdict: 'fail',
  reasons,
  comparisons,
});
export const inconclusive = (reasons: string[], comparisons: Comparison[] = []): GateResult => ({
  verdict: 'inconclusive',
  reasons,
  comparisons,
});
