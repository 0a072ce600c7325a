import type { Instant } from '../analysis/figures';
import { formatDuration } from '../config/duration';
import { formatAmount } from '../gates/compare';
import type { Comparison } from '../gates/gate';
import { formatInstant } from '../instant';
import { nameOf } from '../release';
import { barrierOf } from '../rollout/barrier';
import type { AuditEntry, EnvironmentState, Phase, Rollout, Watching } from '../rollout/model';
import { counted, percent, shortMs } from './amounts';
import { clip, oneLine, terminalWidth } from './lines';
import { currentStep, knownOutcome, ownSummary, stepName, type StepStanding } from './standing';

/**
 * Where a rollout is, in one line of at most 80 columns:
 * `canary 5 % · 14s left · errors 0.00 % vs 0.10 % · p95 12 vs 11 ms · 412 requests`
 */
export function progressLine(state: EnvironmentState, now: Instant): string {
  const { rollout, previous } = state;
  if (!rollout) return 'nothing is deployed';
  const { failures, phase } = rollout;
  const barrier = barrierOf(state, now);
  const warm = previous ? nameOf(previous.release) : 'the release before';
  const lines =
    phase.name === 'watching' ? watchingLines(rollout, phase, now) : [phaseWords(rollout, phase, warm, now)];
  const retry =
    failures.problem && failures.count ? ` · ${retryWords(failures.retryAt, failures.problem.message, now)}` : '';
  const fitting = lines.find((line) => line.length <= terminalWidth) ?? lines.at(-1) ?? '';
  return clip(oneLine(fitting + retry + (phase.name === 'parked' && barrier ? `: ${barrier.words}` : '')));
}

const retryWords = (retryAt: Instant, message: string, now: Instant): string =>
  `${retryAt > now ? `again in ${formatDuration(retryAt - now)}` : 'trying again'}: ${message}`;

function phaseWords(rollout: Rollout, phase: Exclude<Phase, Watching>, warm: string, now: Instant): string {
  const release = nameOf(rollout.plan.release);
  switch (phase.name) {
    case 'parked':
      return `${release} waits, nothing was begun`;
    case 'tidying':
      return 'stopping a release that is no longer needed';
    case 'proving':
      return rollout.plan.from ? `proving the way back to ${nameOf(rollout.plan.from)}` : `finding ${release} whole`;
    case 'starting':
      return `starting ${release}`;
    case 'growing':
      return `starting more instances of ${release}`;
    case 'merging':
    case 'shedding':
      return 'stopping the fresh baseline';
    case 'trying':
      return `trying ${release} before its first request`;
    case 'shifting': {
      const step = rollout.plan.steps[phase.step];
      return step ? `${stepName(step)} · moving traffic` : 'moving traffic';
    }
    case 'verifying':
      return `verifying ${release}`;
    case 'settling':
      return `${release} is verified and becomes stable`;
    case 'withdrawing':
      return `taking traffic back: ${phase.outcome.reason}`;
    case 'clearing':
      return `stopping ${release}: ${phase.outcome.reason}`;
    case 'publishing':
      return `writing the report: ${phase.outcome.result}`;
    case 'cooling':
      return `${outcomeWords(rollout)} · ${warm} stays warm for ${formatDuration(Math.max(0, phase.until - now))}`;
    case 'retiring':
      return `${outcomeWords(rollout)} · stopping ${warm}`;
    case 'lowering':
      return 'taking the environment out of service';
    case 'dismantling':
      return 'stopping what ran in the environment';
    case 'over':
      return outcomeWords(rollout);
  }
}

function outcomeWords(rollout: Rollout): string {
  const outcome = knownOutcome(rollout);
  if (!outcome) return 'over';
  return outcome.result === 'done'
    ? `done: ${outcome.reason}`
    : `${outcome.result.replace('-', ' ')}: ${outcome.reason}`;
}

/** The same thrice, each shorter than the one before. */
function watchingLines(rollout: Rollout, phase: Watching, now: Instant): string[] {
  const standing = currentStep(rollout, now);
  const record = rollout.steps.at(-1);
  if (!standing || !record) return ['watching'];
  const { step } = standing;
  const comparisons = record.gate?.comparisons ?? [];
  const { requests, errorRate, p95 } = ownSummary(rollout, [record]);
  const figures = comparisons.length
    ? comparisons.map(comparisonWords)
    : requests > 0
      ? [`errors ${percent(errorRate)}`, `p95 ${shortMs(p95)} ms`]
      : [];
  const { judge } = rollout.plan;
  const isGathering = step.judged && !comparisons.length && judge.method === 'threshold';
  const total =
    isGathering && phase.judge.method === 'threshold'
      ? `${phase.judge.canary.requests} of ${judge.minRequests} requests for a check`
      : counted(requests, 'request');
  const parts = [stepName(step), timeWords(standing, rollout), ...figures];
  const short = parts.join(' · ').replace('production', 'prod');
  return [[...parts, total].join(' · '), `${short} · ${total.replace('requests', 'req')}`, short];
}

function timeWords({ timeLeft, patienceLeft, waiting }: StepStanding, { plan }: Rollout): string {
  if (waiting === 'person') return 'held: deploy-promote or deploy-rollback';
  if (waiting === 'approval') return 'passed, waits for approval';
  if (waiting === 'freeze') return 'passed, frozen';
  if (waiting) return plan.goal === 'production' ? 'passed' : 'waits for deploy-prod';
  if (timeLeft) return `${formatDuration(timeLeft)} left`;
  return patienceLeft ? `evidence is missing, ${formatDuration(patienceLeft)} more` : 'deciding';
}

const labels: Record<string, string> = { 'error rate': 'errors', 'latency p95': 'p95' };

function comparisonWords({ metric, unit, value, baseline }: Comparison): string {
  const label = labels[metric] ?? metric;
  if (unit === 'share') return `${label} ${percent(value)} vs ${percent(baseline)}`;
  if (unit === 'number') return `${label} ${formatAmount(value, unit)} vs ${formatAmount(baseline, unit)}`;
  return `${label} ${shortMs(value)} vs ${shortMs(baseline)}${unit === 'ms' ? ' ms' : ''}`;
}

/** One entry of the audit log: `2026-11-23 13:44:49 UTC  production  gate     passed: …` */
export function storyLine({ at, environment, what, detail, by }: AuditEntry): string {
  const who = by === 'sluice' ? '' : ` (by ${by})`;
  return oneLineAfter(`${formatInstant(at)}  ${environment.padEnd(10)}  ${what.padEnd(11)}`, `${detail}${who}`);
}

const oneLineAfter = (head: string, text: string): string => `${head} ${oneLine(text)}`;
