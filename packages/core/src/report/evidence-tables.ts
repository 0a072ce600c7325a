import { formatAmount, formatSpan, formatTimes } from '../gates/compare';
import type { Comparison } from '../gates/gate';
import type { Receipt } from '../receipt';
import type { Rollout, StepRecord } from '../rollout/model';
import { count, percent } from './amounts';
import { inline, table } from './markdown';
import { requestsOf, slotSummaries, stepName } from './standing';

/**
 * The numbers that the gates compared, one row a comparison; the latest check of each step. A method that says how many times the
 * baseline's a number is, and in which span, has a column for it.
 */
export function comparisonTable({ plan, steps }: Rollout): string[] {
  const hasRatios = steps.some(({ gate }) => gate?.comparisons.some(({ ratio }) => ratio !== undefined));
  const last = (text: string) => (hasRatios ? [text] : []);
  return table(
    ['Step', 'Verdict', 'Compared', '>Release', '>Baseline', '>Limit', 'Kept', ...last('>Times baseline')],
    steps.flatMap((record, at) => {
      const step = plan.steps[at];
      if (!step || !record.gate) return [];
      const { verdict, comparisons, reasons } = record.gate;
      if (!comparisons.length) return [[stepName(step), verdict, reasons.join('; '), '–', '–', '–', '–', ...last('–')]];
      return comparisons.map((comparison) => [
        ...[stepName(step), verdict],
        ...comparisonCells(comparison),
        ...last(timesCell(comparison)),
      ]);
    }),
  );
}

/** `1.23 (1.10 to 1.40)` */
function timesCell({ ratio }: Comparison): string {
  if (!ratio) return '–';
  const { estimate, from, to } = ratio;
  const words = `${estimate === null ? '' : formatTimes(estimate)}${formatSpan(from, to)}`.trim();
  return words || 'unknown';
}

function comparisonCells({ metric, unit, value, baseline, limit, ok }: Comparison): string[] {
  const show = (amount: number | null) => formatAmount(amount, unit);
  const most = limit === null ? '–' : show(limit);
  return [metric, show(value), show(baseline), most, ok === null ? 'unknown' : ok ? 'yes' : 'no'];
}

/** Why each step that compared something ended as it did, where it did not simply pass. */
export const gateReasons = ({ plan, steps }: Rollout): string[] => {
  const lines = steps.flatMap(({ gate, finding, promotedBy }, at) => {
    const step = plan.steps[at];
    if (!step) return [];
    const isExplained = gate && gate.comparisons.length > 0 && gate.verdict !== 'pass';
    return [
      ...(isExplained ? [`- ${stepName(step)}, ${gate.verdict}: ${inline(gate.reasons.join('; '))}`] : []),
      ...(promotedBy !== null && !isExplained ? [`- ${stepName(step)}, let through by ${inline(promotedBy)}`] : []),
      ...(finding ? [`- ${stepName(step)}, share of traffic: ${inline(finding)}`] : []),
    ];
  });
  return lines.length ? [...lines, ''] : [];
};

/** What was measured in each step as a whole, one row a slot. */
export const trafficTable = ({ plan, steps }: Rollout): string[] =>
  table(
    ['Step', 'Slot', 'Release', '>Requests', '>Synthetic', '>Error rate', '>p50', '>p95', '>p99'],
    steps.flatMap((record, at) => slotRows(record, plan.steps[at])),
  );

const slotRows = (record: StepRecord, step: Rollout['plan']['steps'][number] | undefined): string[][] =>
  step
    ? slotSummaries(record).map(({ slot, release, summary }) => [
        stepName(step),
        slot,
        release,
        count(summary.requests),
        count(summary.synthetic),
        formatAmount(summary.errorRate, 'share'),
        formatAmount(summary.p50, 'ms'),
        formatAmount(summary.p95, 'ms'),
        formatAmount(summary.p99, 'ms'),
      ])
    : [];

/** How much of the traffic was Sluice's own. */
export function syntheticSentence({ steps }: Rollout): string {
  const { requests, synthetic } = requestsOf(steps);
  if (!requests) return 'No request was counted.';
  if (!synthetic) return `None of the ${count(requests)} requests was synthetic: all of them came from outside.`;
  const share = percent(synthetic / requests);
  return `**Synthetic evidence:** ${count(synthetic)} of ${count(requests)} requests (${share}) were sent by Sluice itself, not by users.`;
}

type CheckRow = Receipt['checks'][number];

/** One row a check. Findings are counted, the worst first three are named. */
export const checkTable = (rows: readonly { stage?: string; check: CheckRow }[]): string[] => {
  const hasStage = rows.some(({ stage }) => stage !== undefined);
  return table(
    [...(hasStage ? ['Stage'] : []), 'Check', 'Status', 'Found', 'Tool'],
    rows.map(({ stage, check }) => [
      ...(hasStage ? [stage ?? ''] : []),
      check.check,
      check.status,
      `${check.reason}${findingWords(check)}`,
      `${check.tool} ${check.version}`,
    ]),
  );
};

const severities = ['critical', 'high', 'moderate', 'low'];

function findingWords({ findings }: CheckRow): string {
  if (!findings.length) return '';
  const sorted = [...findings].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const named = sorted
    .slice(0, 3)
    .map(({ severity, message, file, line }) => {
      const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
      return `${severity}: ${message}${place}`;
    })
    .join('; ');
  return ` [${named}${findings.length > 3 ? `; and ${findings.length - 3} more` : ''}]`;
}
