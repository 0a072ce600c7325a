import { formatDuration } from '../config/duration';
import { inHours, percent } from './amounts';
import { terminalWidth, wrap } from './lines';
import type { Ending, Outlook, OutlookCase } from './outlook';

/** How soon the canary's verdict can come, in sentences of at most 80 columns. */
export function outlookLines(outlook: Outlook): string[] {
  const { method, traffic, observedMs, cases } = outlook;
  return [
    `verdict of the canary (${method}, ${traffic} %), by playing expected traffic:`,
    ...(observedMs === null
      ? wrapped('The rate of requests is unknown: no history is kept yet. Latencies around 100 ms are assumed.')
      : []),
    ...cases.flatMap((each) => wrapped(caseWords(each, outlook))),
  ];
}

const wrapped = (text: string): string[] =>
  wrap(text, terminalWidth - 2, '  ').map((line, at) => (at ? line : `  ${line}`));

function caseWords(one: OutlookCase, { observedMs, maxDurationMs }: Outlook): string {
  const { requestsPerSecond, syntheticPerSecond, errorRate, clean, worse, worseErrorRate } = one;
  const own = syntheticPerSecond > 0 ? `, ${rate(syntheticPerSecond)}/s of its own` : '';
  const since = observedMs === null ? '' : ` (last ${observedMs === 3_600_000 ? 'hour' : inHours(observedMs)})`;
  const errors = `${errorRate > 0 ? percent(errorRate) : 'no'} errors`;
  const bad = errorRate > 0 ? 'errors x5' : `${percent(worseErrorRate)} errors`;
  const head = `At ${rate(requestsPerSecond)} request${requestsPerSecond === 1 ? '' : 's'}/s${since}${own} and ${errors}:`;
  const never = `no verdict within ${inHours(maxDurationMs)}: too little traffic (see canary.synthetic), or too narrow margins`;
  if (clean.end === 'none' && worse.end === 'none') return `${head} ${never}.`;
  const cleanWords = endWords('a clean canary', clean, 'can go on', 'would go back') ?? `${never} for a clean canary`;
  return `${head} ${cleanWords}; ${endWords(bad, worse, 'would go on', 'go back') ?? `${never} for ${bad}`}.`;
}

const endWords = (who: string, { end, afterMs }: Ending, on: string, back: string): string | null =>
  end === 'none' ? null : `${who} ${end === 'on' ? on : back} after about ${roundly(afterMs)}`;

/** `38`, `4.2`, `0.05` */
const rate = (perSecond: number): string =>
  perSecond >= 9.95 ? String(Math.round(perSecond)) : String(Number(perSecond.toPrecision(perSecond < 1 ? 1 : 2)));

/** Seconds below two minutes, minutes below two hours. */
const roundly = (ms: number): string => {
  const unit = ms < 120_000 ? 1000 : 60_000;
  return ms < 1000 ? formatDuration(ms) : inHours(Math.round(ms / unit) * unit);
};
