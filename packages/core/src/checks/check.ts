/** What one check found. `skip` says why in `reason`: a check that did not run never looks like a pass. */
export interface CheckOutcome {
  status: 'pass' | 'fail' | 'warn' | 'skip';
  /** One plain sentence. */
  reason: string;
  findings: Finding[];
  /** Named numbers, with the unit in the name where it has one (`p95Ms`, `errorRate`). */
  figures: Record<string, number>;
}

export interface Finding {
  severity: 'low' | 'moderate' | 'high' | 'critical';
  message: string;
  file?: string;
  /** From 1. */
  line?: number;
  /** What the tool calls this kind of finding. */
  rule?: string;
  /** Why it does not count: the reason of the entry that allows it. */
  allowed?: string;
}

/** One row of a stage's evidence: the outcome with who made it and how long it took. */
export interface CheckResult extends CheckOutcome {
  check: string;
  tool: string;
  version: string;
  durationMs: number;
}

/**
 * The port of every check of every stage. `run` rejects only for an abort or a defect; what it finds is data. A check that
 * throws counts as failed (see `runner.ts`): an exception is never a pass.
 */
export interface Check<Subject> {
  name: string;
  tool: string;
  version: string;
  /** Milliseconds before the runner gives up and counts the check as failed. */
  timeLimit: number;
  run(subject: Subject, signal: AbortSignal): Promise<CheckOutcome>;
}
