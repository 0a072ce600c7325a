import { formatDuration } from '../config/duration';
import { formatAmount } from '../gates/compare';
import { pipeline, type StageName } from '../pipeline';
import type { Receipt } from '../receipt';
import type { Rollout, StepRecord } from '../rollout/model';
import { bytes, count, counted, percent, shortMs, unknown } from './amounts';
import { isCleared, knownOutcome, ownSummary, slotSummaries } from './standing';
import type { ReportInput, Subject } from './subject';

/** One line of the table of stages. */
export interface StageRow {
  number: string;
  title: string;
  verdict: string;
  figures: string;
  duration: string;
}

type Found = Pick<StageRow, 'verdict' | 'figures' | 'duration'>;
const notRun: Found = { verdict: 'not run', figures: unknown, duration: unknown };

/** Every stage in the order of the pipeline, then the verification. Rollouts speak for themselves, receipts for the rest. */
export function stageRows(subject: Subject, { failure, now }: ReportInput): StageRow[] {
  const rows = pipeline.map(({ name, number, title }) => ({
    ...{ number: number === null ? unknown : String(number), title },
    ...(failure?.stage === name
      ? { ...(foundOf(name, subject, now) ?? notRun), verdict: 'fail' }
      : (foundOf(name, subject, now) ?? notRun)),
  }));
  return [...rows, { number: '6', title: 'Verification', ...verificationFound(subject) }];
}

function foundOf(name: StageName, subject: Subject, now: number): Found | null {
  const receipt = subject.receipts.get(name);
  const fromReceipt = receipt ? receiptFound(receipt) : null;
  switch (name) {
    case 'staging':
      return subject.staging ? stagingFound(subject.staging, now) : fromReceipt;
    case 'canary':
      return subject.production ? canaryFound(subject.production, now) : fromReceipt;
    case 'production':
      return subject.production ? productionFound(subject.production, now) : fromReceipt;
    case 'worktree':
    case 'build':
    case 'security':
    case 'load':
    case 'performance':
    case 'infra':
    case 'readiness':
      return fromReceipt;
  }
}

function receiptFound({ verdict, reasons, figures, checks, times }: Receipt): Found {
  const reason = (reasons[0] ?? '').replace(/^skipped: /, '');
  return {
    verdict: verdict === 'skipped' && reason ? `skipped: ${reason}` : verdict,
    figures: figuresWords(figures) || checksWords(checks) || unknown,
    duration: formatDuration(times.durationMs),
  };
}

function stagingFound(rollout: Rollout, now: number): Found {
  const outcome = knownOutcome(rollout);
  return {
    verdict: outcome ? (outcome.result === 'done' ? 'pass' : 'fail') : 'running',
    figures: stepsWords(rollout, rollout.steps),
    duration: spent(rollout.startedAt, outcome?.at ?? null, now),
  };
}

function canaryFound(rollout: Rollout, now: number): Found | null {
  const record = rollout.steps.find((_, at) => rollout.plan.steps[at]?.stage === 'canary');
  if (!rollout.plan.steps.some(({ stage }) => stage === 'canary'))
    return { ...notRun, verdict: 'skipped: first release' };
  const outcome = knownOutcome(rollout);
  const waiting = rollout.phase.name === 'watching' ? rollout.phase.waiting : null;
  const isPassed =
    record !== undefined && isCleared(record) && (record.until !== null || (waiting !== null && waiting !== 'person'));
  const isOver = outcome !== null && outcome.result !== 'done';
  return {
    verdict: isPassed
      ? record.gate?.verdict === 'pass'
        ? 'pass'
        : 'let through'
      : isOver
        ? 'fail'
        : waiting === 'person'
          ? 'held'
          : 'running',
    figures: record ? stepsWords(rollout, [record]) : unknown,
    duration: spent(rollout.startedAt, record?.until ?? outcome?.at ?? null, now),
  };
}

function productionFound(rollout: Rollout, now: number): Found | null {
  const outcome = knownOutcome(rollout);
  const steps = rollout.steps.filter((_, at) => rollout.plan.steps[at]?.stage === 'production');
  if (stageReached(rollout) !== 'production') return null;
  const begin = steps[0]?.since ?? outcome?.at ?? rollout.startedAt;
  return {
    verdict: outcome ? (outcome.result === 'done' ? 'pass' : 'fail') : 'running',
    figures: stepsWords(rollout, steps),
    duration: spent(begin, outcome?.at ?? null, now),
  };
}

/** The stage that a rollout came to: that of its last step, or the next one's when the last was passed. */
function stageReached({ plan, steps }: Rollout): StageName | undefined {
  const last = steps.at(-1);
  const isPassed = last?.until != null && isCleared(last);
  const index = isPassed ? Math.min(steps.length, plan.steps.length - 1) : Math.max(0, steps.length - 1);
  return plan.steps[index]?.stage;
}

function verificationFound({ production, receipts }: Subject): Found {
  const receipt = receipts.get('verify');
  if (!production) return receipt ? receiptFound(receipt) : notRun;
  if (!production.verification) return notRun;
  const { gate, checks } = production.verification;
  const durationMs = checks.reduce((sum, check) => sum + check.durationMs, 0);
  return { verdict: gate.verdict, figures: checksWords(checks) || unknown, duration: formatDuration(durationMs) };
}

/** `412 requests, errors 0.00 % vs 0.10 %, p95 12 vs 11 ms`: of the release, against what it was compared with, where that is one. */
function stepsWords(rollout: Rollout, steps: readonly StepRecord[]): string {
  const own = ownSummary(rollout, steps);
  if (!own.requests) return steps.length ? 'no requests' : unknown;
  const only = steps.length === 1 ? steps[0] : undefined;
  // a fresh baseline comes after stable, and is what it was compared with
  const other =
    only &&
    slotSummaries(only)
      .filter(({ release }) => release !== rollout.plan.release.id)
      .at(-1)?.summary;
  const versus = (amount: string) => (other ? ` vs ${amount}` : '');
  return [
    counted(own.requests, 'request'),
    `errors ${percent(own.errorRate)}${versus(percent(other?.errorRate))}`,
    `p95 ${shortMs(own.p95)}${versus(shortMs(other?.p95))} ms`,
  ].join(', ');
}

function checksWords(checks: Receipt['checks']): string {
  const of = (status: Receipt['checks'][number]['status'], word: string) => {
    const found = checks.filter((check) => check.status === status).length;
    return found ? [`${found} ${word}`] : [];
  };
  const parts = [...of('pass', 'passed'), ...of('fail', 'failed'), ...of('warn', 'warned'), ...of('skip', 'skipped')];
  return parts.length ? `checks: ${parts.join(', ')}` : '';
}

const figuresWords = (figures: Readonly<Record<string, number>>): string =>
  Object.entries(figures)
    .map(([name, value]) => figureWords(name, value))
    .join(', ');

/** `p95Ms` -> `p95 48.3 ms`, `errorRate` -> `error rate 0.20 %`, `rate` -> `118.4 requests/s` */
function figureWords(name: string, value: number): string {
  const words = (text: string) =>
    text.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  if (name === 'rate') return `${Number(value.toFixed(1))} requests/s`;
  if (name.endsWith('Rate')) return `${words(name)} ${formatAmount(value, 'share')}`;
  if (name.endsWith('Ms')) return `${words(name.slice(0, -2))} ${formatAmount(value, 'ms')}`;
  if (name.endsWith('Bytes')) return `${words(name.slice(0, -5))} ${bytes(value)}`;
  return `${words(name)} ${Number.isInteger(value) ? count(value) : Number(value.toFixed(2))}`;
}

const spent = (from: number, to: number | null, now: number): string =>
  to === null ? `${formatDuration(Math.max(0, now - from))} so far` : formatDuration(Math.max(0, to - from));
