import type { Check } from './check';

/** The share of each group in the score, in points of 100. */
export const readinessWeights = {
  testing: 30,
  security: 25,
  operations: 20,
  documentation: 15,
  stakeholders: 10,
} as const;
export type ReadinessGroup = keyof typeof readinessWeights;

/** One thing that production needs. */
export interface ReadinessItem {
  name: string;
  group: ReadinessGroup;
  /** `null` where it can't apply (no approvals are configured, the first release): it then neither gains nor costs. */
  ok: boolean | null;
  /** What was looked at and seen. */
  evidence: string;
  /** What would raise the score. */
  raise: string;
}

/** An item with the points that it got, of those that it was worth. */
export interface ReadinessRow extends ReadinessItem {
  points: number;
  worth: number;
}

export interface Readiness {
  /** 0 to 100, rounded down. */
  score: number;
  minScore: number;
  rows: ReadinessRow[];
  /** What must not be outweighed by the rest of the score: each item of testing and security that is not ok. */
  blocking: ReadinessItem[];
  go: boolean;
}

/**
 * The weighted score. The items of a group share its weight equally; what can't apply is left out and the rest scaled
 * up, so it is never counted as passed. Without any item that applies the score is 0.
 */
export function scoreReadiness(items: readonly ReadinessItem[], minScore: number): Readiness {
  const applicable = items.filter(({ ok }) => ok !== null);
  const groups = new Set(applicable.map(({ group }) => group));
  const total = [...groups].reduce((sum, group) => sum + readinessWeights[group], 0);
  const rows = items.map((item) => {
    const peers = applicable.filter(({ group }) => group === item.group).length;
    const worth = item.ok === null ? 0 : (readinessWeights[item.group] / total / peers) * 100;
    return { ...item, worth, points: item.ok === true ? worth : 0 };
  });
  const sum = rows.reduce((points, row) => points + row.points, 0);
  const score = Math.floor(sum + 1e-6); // all of it must make 100, whatever the thirds come to
  const blocking = applicable.filter(({ ok, group }) => !ok && (group === 'testing' || group === 'security'));
  return { score, minScore, rows, blocking, go: score >= minScore && blocking.length === 0 };
}

/** The score as people read it: score, blocking issues, recommendation, why, and what to do next. */
export function formatReadiness({ score, minScore, rows, blocking, go }: Readiness): string {
  const applicable = rows.filter(({ ok }) => ok !== null);
  const open = applicable.filter(({ ok }) => !ok);
  const mark = (ok: boolean | null) => (ok === null ? '-' : ok ? 'ok' : 'missing');
  const rationale = rows.map(({ name, group, ok, points, worth, evidence }) => {
    const gained = ok === null ? 'left out' : `${points.toFixed(1)}/${worth.toFixed(1)}`;
    return `  [${mark(ok)}] ${group}: ${name} (${gained}): ${evidence}`;
  });
  const steps = open.map(({ name, worth, raise }) => `  - ${name} (+${worth.toFixed(1)}): ${raise}`);
  return [
    `PRODUCTION READINESS SCORE: ${score}/100`,
    `BLOCKING ISSUES: ${blocking.length}`,
    ...blocking.map(({ name, evidence }) => `  - ${name}: ${evidence}`),
    `GO/NO-GO RECOMMENDATION: ${go ? 'GO' : 'NO-GO'}`,
    'RATIONALE:',
    `  ${whyOf(score, minScore, blocking.length, applicable.length)}`,
    ...rationale,
    'NEXT STEPS:',
    ...(steps.length ? steps : [go ? '  - deploy to staging' : '  - give something that can be checked']),
  ].join('\n');
}

function whyOf(score: number, minScore: number, blocking: number, applicable: number): string {
  if (applicable === 0) return 'Nothing could be checked, which is not readiness.';
  const against = score >= minScore ? 'reaches' : 'is below';
  const issues = blocking === 1 ? '1 issue blocks' : blocking ? `${blocking} issues block` : 'nothing blocks';
  return `The score ${against} the minimum of ${minScore}; ${issues}.`;
}

/** The score as a row of evidence: fails unless it is a GO. */
export const readinessCheck = (): Check<{ items: readonly ReadinessItem[]; minScore: number }> => ({
  name: 'readiness',
  tool: 'sluice',
  version: '1', // of these rules
  timeLimit: 10_000,
  run: async ({ items, minScore }) => {
    const readiness = scoreReadiness(items, minScore);
    const { score, blocking, rows, go } = readiness;
    const findings = rows
      .filter(({ ok }) => ok === false)
      .map((row) => ({
        severity: blocking.some(({ name }) => name === row.name) ? ('high' as const) : ('low' as const),
        message: `${row.name}: ${row.evidence}; ${row.raise}`,
      }));
    return {
      status: go ? 'pass' : 'fail',
      reason: `production readiness score ${score}/100 (minimum ${minScore}), ${blocking.length} blocking`,
      findings,
      figures: { score, minScore, blocking: blocking.length },
    };
  },
});
