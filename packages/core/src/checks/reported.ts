import type { Receipt } from '../receipt';

/** What of a receipt its report is made from. */
export type Reported = Pick<Receipt, 'stage' | 'project' | 'verdict' | 'reasons' | 'checks' | 'times'>;
export type ReportedCheck = Reported['checks'][number];

/** The checks; and a verdict that none of them came to, such as a required one that was not there, as one of its own. */
export function reportedChecks({ verdict, reasons, checks }: Reported): ReportedCheck[] {
  if (verdict !== 'fail' || checks.some(({ status }) => status === 'fail')) return checks;
  const reason = reasons.join('; ');
  const told = { tool: 'sluice', version: '1', findings: [], figures: {}, durationMs: 0 };
  return [...checks, { check: 'verdict', status: 'fail', reason, ...told }];
}
