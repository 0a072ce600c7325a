import { readinessGroups, type Readiness } from './score';

/**
 * The score in the form that the seven-stage description asks for: score, blocking issues, recommendation, why, what
 * would raise it. Each item is told by a row of its own (`check.ts`).
 */
export function formatReadiness({ score, minScore, rows, blocking, go }: Readiness): string {
  const applicable = rows.filter(({ ok }) => ok !== null);
  const open = applicable.filter(({ ok }) => !ok);
  const steps = open.map(({ name, worth, raise }) => `  - ${name} (+${worth.toFixed(1)}): ${raise}`);
  const onward = go ? 'deploy to staging' : 'give something that can be checked';
  return [
    `PRODUCTION READINESS SCORE: ${score}/100`,
    `BLOCKING ISSUES: ${blocking.length}`,
    ...blocking.map(({ name, evidence }) => `  - ${name}: ${evidence}`),
    `GO/NO-GO RECOMMENDATION: ${go ? 'GO' : 'NO-GO'}`,
    'RATIONALE:',
    `  ${whyOf(score, minScore, blocking.length, applicable.length)}`,
    ...readinessGroups.map((group) => groupLine(group, rows)),
    'NEXT STEPS:',
    ...(steps.length ? steps : [`  - ${onward}`]),
  ].join('\n');
}

/** `  documentation  10.0 of 15.0` */
function groupLine(group: Readiness['rows'][number]['group'], rows: Readiness['rows']): string {
  const own = rows.filter((row) => row.group === group && row.ok !== null);
  const sum = (points: readonly number[]) => points.reduce((total, one) => total + one, 0).toFixed(1);
  const gained = own.length
    ? `${sum(own.map(({ points }) => points)).padStart(5)} of ${sum(own.map(({ worth }) => worth))}`
    : ' left out';
  return `  ${group.padEnd(13)} ${gained}`;
}

function whyOf(score: number, minScore: number, blocking: number, applicable: number): string {
  if (applicable === 0) return 'Nothing could be checked, which is not readiness.';
  const against = score >= minScore ? 'reaches' : 'is below';
  const issues = blocking === 1 ? '1 issue blocks' : blocking ? `${blocking} issues block` : 'nothing blocks';
  return `The score ${against} the minimum of ${minScore}; ${issues}.`;
}
