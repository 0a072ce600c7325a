import type { Check, CheckResult } from '../check';
import type { Readiness, ReadinessRow } from './score';

const version = '2'; // of these rules

/** The score as a row of evidence: fails unless it is a GO. */
export const readinessCheck = (): Check<Readiness> => ({
  name: 'readiness',
  tool: 'sluice',
  version,
  timeLimit: 10_000,
  run: async ({ score, minScore, blocking, go }) => ({
    status: go ? 'pass' : 'fail',
    reason: `production readiness score ${score}/100 (minimum ${minScore}), ${blocking.length} blocking`,
    findings: [],
    figures: { score, minScore, blocking: blocking.length },
  }),
});

/** What the score was made of, a row an item, for the receipt. What does not block warns; the score alone decides. */
export const readinessRows = ({ rows, blocking }: Readiness): CheckResult[] =>
  rows.map((row) => {
    const blocks = blocking.some(({ name }) => name === row.name);
    const status = row.ok === null ? 'skip' : row.ok ? 'pass' : blocks ? 'fail' : 'warn';
    const severity = blocks ? ('high' as const) : ('low' as const);
    return {
      ...{ check: `score:${row.name}`, tool: 'sluice', version, status, durationMs: 0 },
      reason: reasonOf(row),
      findings: row.ok === false ? [{ severity, message: row.raise }] : [],
      figures: row.ok === null ? {} : { points: tenth(row.points), worth: tenth(row.worth) },
    };
  });

const reasonOf = ({ ok, group, evidence, points, worth }: ReadinessRow): string =>
  ok === null
    ? `left out of ${group}: ${evidence}`
    : `${evidence} (${points.toFixed(1)} of ${worth.toFixed(1)} points of ${group})`;

const tenth = (points: number): number => Math.round(points * 10) / 10;
