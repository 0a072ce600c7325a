import type { Allowlist, Found } from './allowlist';
import type { CheckOutcome, Finding } from './check';

export interface Judgement {
  /** From this severity on a finding blocks; below it warns. */
  severity: Finding['severity'];
  allow: Allowlist;
  /** What is said where nothing was found: `no advisory for 3 packages`. */
  nothing: string;
  figures?: CheckOutcome['figures'];
}

const levels = ['low', 'moderate', 'high', 'critical'] as const;
/** Findings that are kept; all are counted. */
const kept = 100;

/** What findings come to, once those that are allowed are set aside. The worst are kept, and named first. */
export function judgeFindings(
  found: readonly Found[],
  { severity, allow, nothing, figures = {} }: Judgement,
): CheckOutcome {
  const rank = (finding: Finding) => levels.indexOf(finding.severity);
  const marked = found.map((finding) => allow.mark(finding));
  const counting = marked.filter(({ allowed }) => allowed === undefined).sort((a, b) => rank(b) - rank(a));
  const allowed = marked.filter((finding) => finding.allowed !== undefined);
  const blocking = counting.filter((finding) => rank(finding) >= levels.indexOf(severity));
  const counts = levels.map(
    (level) => [level, counting.filter((finding) => finding.severity === level).length] as const,
  );
  const outcome = {
    findings: [...counting, ...allowed].slice(0, kept),
    figures: { ...figures, ...Object.fromEntries(counts), allowed: allowed.length },
  };
  const besides = allowed.length ? ` (${allowed.length} allowed)` : '';
  const tell = (status: 'fail' | 'warn', some: readonly Finding[], what: string): CheckOutcome => ({
    status,
    reason: `${some.length} ${some.length === 1 ? 'finding' : 'findings'}${what}${besides}: ${named(some)}`,
    ...outcome,
  });
  if (blocking.length) return tell('fail', blocking, severity === 'low' ? '' : ` of severity ${severity} or worse`);
  if (counting.length) return tell('warn', counting, ` below severity ${severity}`);
  return {
    status: 'pass',
    reason: `${allowed.length ? 'nothing that is not allowed' : nothing}${besides}`,
    ...outcome,
  };
}

const named = (some: readonly Finding[]): string =>
  [...some.slice(0, 3).map(nameOf), ...(some.length > 3 ? [`${some.length - 3} more`] : [])].join('; ');
const nameOf = ({ message, file, line, rule }: Finding): string =>
  [
    message,
    rule === undefined || message.includes(rule) ? '' : ` [${rule}]`,
    file === undefined ? '' : ` at ${file}${line === undefined ? '' : `:${line}`}`,
  ].join('');
