/** What is scored. */
export const readinessGroups = ['testing', 'security', 'operations', 'documentation', 'stakeholders'] as const;
export type ReadinessGroup = (typeof readinessGroups)[number];

/** One thing that production needs. */
export interface ReadinessItem {
  /** As `readiness.leaveOut` names it. */
  name: string;
  group: ReadinessGroup;
  /** `null` where it can't apply (no approvals are configured, the first release): it then neither gains nor costs. */
  ok: boolean | null;
  /** What was looked at and seen. */
  evidence: string;
  /** What would raise the score. */
  raise: string;
  /** No score outweighs it where it is not ok. */
  blocks?: boolean;
}

/** An item with the points that it got, of those that it was worth. */
export interface ReadinessRow extends ReadinessItem {
  points: number;
  worth: number;
}

/** `weights`: the share of each group; what they are of follows from their sum. */
export interface ReadinessRules {
  minScore: number;
  weights: Readonly<Record<ReadinessGroup, number>>;
}

export interface Readiness {
  /** 0 to 100, rounded down. */
  score: number;
  minScore: number;
  rows: ReadinessRow[];
  /** What is not ok and must not be outweighed by the rest. */
  blocking: ReadinessItem[];
  go: boolean;
}

/**
 * The weighted score. The items of a group share its weight equally; what can't apply is left out and the rest scaled
 * up, so it is never counted as passed. Without any item that applies the score is 0.
 */
export function scoreReadiness(items: readonly ReadinessItem[], { minScore, weights }: ReadinessRules): Readiness {
  const applicable = items.filter(({ ok }) => ok !== null);
  const groups = new Set(applicable.map(({ group }) => group));
  const total = [...groups].reduce((sum, group) => sum + weights[group], 0);
  const rows = items.map((item) => {
    const peers = applicable.filter(({ group }) => group === item.group).length;
    const worth = item.ok === null || total === 0 ? 0 : (weights[item.group] / total / peers) * 100;
    return { ...item, worth, points: item.ok === true ? worth : 0 };
  });
  const sum = rows.reduce((points, row) => points + row.points, 0);
  const score = Math.floor(sum + 1e-6); // all of it must make 100, whatever the thirds come to
  const blocking = applicable.filter(({ ok, blocks }) => !ok && blocks);
  return { score, minScore, rows, blocking, go: score >= minScore && applicable.length > 0 && blocking.length === 0 };
}
