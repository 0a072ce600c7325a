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
  unit: 'share' | 'ms' | 'count' | 'number';
  ok: boolean | null;
  /** Its limit is a lowest one; left out: a highest one. */
  worse?: 'lower';
  /** How many times the baseline's it is, and the span in which the true ratio is; `null` where that has no end. */
  ratio?: { estimate: number | null; from: number | null; to: number | null };
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
