import { withoutStable } from '../analysis/arms';
import type { Interval } from '../analysis/figures';
import type { Health } from '../health';
import type { Answer, Runtime } from '../ports';
import type { ReleaseId, Workload } from '../release';
import type { BaselineSeen, Command, EnvironmentState, Event, Rollout, Route, Watching } from './model';
import type { Step } from './plan';
import { isStandIn } from './stand-in';
import type { Decision } from './watch';

/**
 * A fresh baseline: instances of the old release that are as young as the canary's, and get the same share. What it is
 * for, and what is decided here, is in docs/adr/0014-fresh-baseline.md.
 */
type Place = Pick<Route, 'project' | 'environment'>;
type Observed = Extract<Event, { type: 'observed' }>;

/** Where stable keeps a part of the traffic beside both, so that the way back stays warm. */
export const withFreshBaseline = (step: Step): Step =>
  step.judged && 2 * step.traffic < 100 ? { ...step, baseline: step.traffic } : step;

export const baselineOf = ({ project, environment }: Place, release: ReleaseId): Workload => ({
  ...{ project, environment, release },
  slot: 'baseline',
});

/** The instances that a slot of a route is served by. */
export const workloadIn = (
  place: Place,
  { slot, release }: Pick<Route['slots'][number], 'slot' | 'release'>,
): Workload =>
  slot === 'baseline'
    ? baselineOf(place, release)
    : { project: place.project, environment: place.environment, release };

/** Every fresh baseline that a rollout may have started. What a lost one had is not known: then any of them. */
export function baselinesOf(state: EnvironmentState): Workload[] {
  const { rollout, stable } = state;
  if (!rollout) return [];
  const { from, release, steps } = rollout.plan;
  if (!isStandIn(rollout))
    return from && steps.some(({ baseline }) => baseline !== undefined) ? [baselineOf(state, from.id)] : [];
  return [release.id, ...(stable ? [stable.id] : [])].map((id) => baselineOf(state, id));
}

/** Its share in this phase, in per cent. Where the next step has none, it has been stopped before anything grows. */
export function baselineShareOf({ plan: { steps }, phase }: Rollout): number {
  if (phase.name === 'shifting' || phase.name === 'watching') return steps[phase.step]?.baseline ?? 0;
  if (phase.name !== 'growing' || steps[phase.step]?.baseline === undefined) return 0;
  return steps[phase.step - 1]?.baseline ?? 0;
}

/** The canary's part of what is compared, in per cent. */
export function shareOfArms(step: Step | undefined): number | null {
  if (!step) return null;
  return step.baseline === undefined ? step.traffic : (100 * step.traffic) / (step.traffic + step.baseline);
}

/** Starts a release, and its fresh baseline at the same time. A baseline that does not start is no fault of the release. */
export async function startWith(
  runtime: Pick<Runtime, 'start'>,
  { workload, baseline, atMost }: Extract<Command, { type: 'start' }>,
  signal: AbortSignal,
): Promise<Answer> {
  if (!baseline) return runtime.start(workload, signal, atMost);
  const [own, fresh] = await Promise.allSettled([
    runtime.start(workload, signal, atMost),
    runtime.start(baseline, signal, atMost),
  ]);
  if (own.status === 'rejected') throw own.reason;
  if (fresh.status === 'rejected') throw fresh.reason;
  if (fresh.value.ok) return own.value;
  const reason = `the fresh baseline, instances of ${baseline.release}: ${fresh.value.reason}`;
  return { ok: false, reason: own.value.ok ? reason : `${own.value.reason}; ${reason}`, cause: 'world' };
}

/** What an observation adds to what is known of the baseline of its step. */
export function baselineSeen(
  step: Step | undefined,
  { baseline: before }: Watching,
  { baseline: health, at }: Observed,
): { baseline?: BaselineSeen } {
  if (step?.baseline === undefined) return {};
  const restarts = health?.restarts ?? before?.restarts ?? 0;
  const isIll = !isWhole(health) || restarts !== (before?.restarts ?? 0);
  return { baseline: { restarts, illUntil: isIll ? at : (before?.illUntil ?? 0) } };
}

/** One that could not be asked may be down. */
const isWhole = (health: Health | undefined): boolean =>
  health !== undefined && health.wanted > 0 && health.healthy === health.wanted;

const isBlind = ({ from }: Pick<Interval, 'from'>, seen: BaselineSeen | undefined): boolean =>
  seen !== undefined && from < seen.illUntil;

/**
 * What the judge is told of an interval in a step with a fresh baseline: not what stable answered, which it would take where
 * the baseline had no request; and nothing where the baseline was down, since any release is better than that.
 */
export function compared(interval: Interval, seen: BaselineSeen | undefined): Interval {
  if (seen === undefined) return interval;
  return isBlind(interval, seen) ? { ...interval, slots: [] } : withoutStable(interval);
}

/** Says so; a baseline that is down gets no more traffic, so the next step waits for it. */
export function noteBlindness({ plan }: Rollout, decision: Decision, phase: Watching, event: Observed): Decision {
  const { baseline: health } = event;
  const isNeeded = plan.steps[phase.step + 1]?.baseline !== undefined && !isWhole(health);
  const held: Decision = decision.next === 'advance' && isNeeded ? { ...decision, next: 'stay' } : decision;
  if (held === decision && !isBlind(event.interval, phase.baseline)) return decision;
  const count = health ? `${health.healthy} of ${health.wanted} instances healthy` : 'not asked';
  const why = health?.reason ? `: ${health.reason}` : '';
  const reason = `not compared while the fresh baseline is not whole (now ${count}${why})`;
  return { ...held, gate: { ...held.gate, reasons: [...held.gate.reasons, reason] } };
}
