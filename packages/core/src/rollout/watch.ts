import { barrierBefore } from './barrier';
import type { EnvironmentState, Event, Outcome, Rollout, StepRecord, Watching } from './model';
import { oddityOf, silenceOf } from '../analysis/arms';
import { mergeHistograms } from '../analysis/histogram';
import { gathered, startJudge, tellHistory } from '../analysis/methods';
import type { Instant, SlotFigures } from '../analysis/figures';
import { formatDuration } from '../config/duration';
import { crashReasons, lastWords } from '../gates/crashes';
import { baselineSeen, compared } from './baseline-health';
import { shareOfArms } from './fresh-baseline';
import { hardGate, observeHard, startHard } from '../gates/hard';
import { inconclusive, type GateResult } from '../gates/gate';
import { shareFinding } from '../gates/share';
import type { Plan, Step } from './plan';

type Observed = Extract<Event, { type: 'observed' }>;

/**
 * What a watched interval leads to. `wait`: this far and no further until the goal moves on, people agree or a freeze ends. Without
 * a conclusion in time:
 * `extend` gives it that time once more, `promote` lets it go on all the same, `hold` leaves that to a person.
 */
export type Decision =
  | { next: 'stay' | 'advance' | 'extend' | 'promote' | 'hold'; gate: GateResult }
  | { next: 'wait'; gate: GateResult; waiting: 'goal' | 'approval' | 'freeze'; words: string }
  | { next: 'withdraw'; gate: GateResult; cause: Outcome['cause'] };

/** `from`: since when its figures count, by their own clock. */
export function startWatching(plan: Plan, step: number, at: Instant, from: Instant = at): Watching {
  // clients that stay in one slot bring many requests each
  const share = plan.router.sticky ? null : shareOfArms(plan.steps[step]);
  const judge = startJudge(plan.judge, at, from, share);
  const seen = { observedTo: from, observedAt: at, blindSince: null };
  const deadline = at + (plan.steps[step]?.maxDuration ?? 0);
  return { name: 'watching', step, since: at, ...seen, judge, hard: startHard, deadline, waiting: null };
}

/** Adds an interval to the evidence of the step. */
export function observe(rollout: Rollout, phase: Watching, event: Observed): { rollout: Rollout; phase: Watching } {
  const { plan } = rollout;
  const { interval, health, at, history, missing } = event;
  const isNew = interval.to > phase.observedTo;
  const informed = history === undefined ? phase.judge : tellHistory(plan.judge, phase.judge, history);
  const judge = gathered(plan.judge, informed);
  const told = isNew ? interval : { ...interval, from: phase.observedTo, to: phase.observedTo, slots: [] };
  // what can't be counts is told to the judge only, which leaves it out and says so
  const counted = isNew && oddityOf(told, phase.observedTo) ? { ...told, slots: [] } : told;
  const seen = baselineSeen(plan.steps[phase.step], phase, event);
  return {
    rollout: {
      ...rollout,
      steps: rollout.steps.map((step, i, all) => (i === all.length - 1 ? grow(step, counted.slots, plan) : step)),
    },
    phase: {
      ...phase,
      ...seen,
      observedTo: counted.to,
      observedAt: at,
      blindSince: isNew ? null : (phase.blindSince ?? at),
      judge: isNew ? judge.observe(compared(told, seen.baseline)) : missing ? judge.miss(missing.message) : informed,
      hard: observeHard(phase.hard, plan.hard, plan.release.id, counted, health, at),
    },
  };
}

/** Order: hard gates, a judge that can't judge, blindness, reasons to withdraw, minimum time, reasons to go on, maximum time. */
export function decide(
  rollout: Rollout,
  phase: Watching,
  { health, at, missing }: Observed,
  environment: Pick<EnvironmentState, 'unfrozen' | 'at'>,
): Decision {
  const { plan } = rollout;
  const step = plan.steps[phase.step];
  const record = rollout.steps.at(-1);
  if (!step || !record) throw new RangeError(`no step ${phase.step}`);
  const hard = hardGate(phase.hard, plan.hard, health, at);
  if (hard.verdict === 'fail') {
    const reasons = [...hard.reasons, ...lastWords(plan.release.id, health)];
    return { next: 'withdraw', gate: { ...hard, reasons }, cause: 'release' };
  }

  const asked = step.stage === 'canary' ? 'proof' : 'no objection';
  const { abort, promote, isLost } = gathered(plan.judge, phase.judge).evidence(at, asked);
  if (step.judged && isLost) return { next: 'withdraw', gate: promote, cause: 'world' };

  if (phase.blindSince !== null) {
    const since = at - phase.blindSince;
    const why = missing ? `: ${missing.message}` : '';
    const gate = inconclusive([`no figures for ${formatDuration(since)}${why}`]);
    return since > plan.judge.noData ? { next: 'withdraw', gate, cause: 'world' } : { next: 'stay', gate };
  }

  const elapsed = at - phase.since;
  const isAlarming = isCloseToFail(phase, plan, at);
  if (!step.judged) return { next: elapsed < step.minDuration || isAlarming ? 'stay' : 'advance', gate: hard };

  const blame = (gate: GateResult): Decision => ({
    next: 'withdraw',
    gate: { ...gate, reasons: [...gate.reasons, ...crashReasons(plan.release.id, health)] },
    cause: 'release',
  });
  if (abort.verdict === 'fail') return blame(abort);
  if (elapsed < step.minDuration) return { next: 'stay', gate: asProgress(promote, step, elapsed) };
  if (promote.verdict === 'fail') return blame(promote);
  if (phase.waiting === 'person') return { next: 'stay', gate: promote };
  const { promotedBy } = record;
  const isProven = promote.verdict === 'pass';
  if (isProven || promotedBy !== null) {
    const gate = isProven ? promote : withReason(promote, `let through by ${promotedBy}`);
    if (isAlarming) return { next: 'stay', gate };
    const barrier = barrierAfter(rollout, phase.step, environment);
    if (!barrier) return { next: 'advance', gate };
    return barrier.waiting === phase.waiting ? { next: 'stay', gate } : { next: 'wait', gate, ...barrier };
  }
  if (phase.waiting) {
    const isOpen = barrierAfter(rollout, phase.step, environment) === null;
    return { next: isOpen ? 'extend' : 'stay', gate: promote };
  }
  if (at < phase.deadline) return { next: 'stay', gate: promote };
  return late(plan, phase, record, at, withReason(promote, `no conclusion within ${formatDuration(step.maxDuration)}`));
}

/** What a step comes to that has no conclusion in its time. Nobody but a person lets through what gave no figures. */
function late(
  { judge, release, onInconclusive }: Plan,
  phase: Watching,
  record: StepRecord,
  at: Instant,
  gate: GateResult,
): Decision {
  switch (onInconclusive) {
    case 'hold':
    case 'extend':
      return { next: onInconclusive, gate };
    case 'promote': {
      const answered = (isOwn: boolean) =>
        record.slots.some((slot) => (slot.release === release.id) === isOwn && slot.requests > 0);
      const isHeard = answered(true) && answered(false) && silenceOf(phase.judge, at, judge.noData) === null;
      return { next: isHeard ? 'promote' : 'hold', gate };
    }
    case 'rollback':
      return { next: 'withdraw', gate, cause: 'world' };
  }
}

const withReason = (gate: GateResult, reason: string): GateResult => ({ ...gate, reasons: [reason, ...gate.reasons] });

/** A hard gate is about to fail: its instances are down, or its errors above the ceiling. It gets no more traffic meanwhile. */
const isCloseToFail = ({ hard }: Watching, plan: Plan, at: Instant): boolean =>
  hard.down[plan.release.id] !== undefined || (hard.ceiling !== null && at - hard.ceiling.since < plan.hard.for);

type Barrier = Pick<Extract<Decision, { next: 'wait' }>, 'waiting' | 'words'>;

/** What keeps a step that has passed from being followed by the next. */
function barrierAfter(
  rollout: Rollout,
  index: number,
  environment: Pick<EnvironmentState, 'unfrozen' | 'at'>,
): Barrier | null {
  const { steps, goal } = rollout.plan;
  if (steps[index]?.stage === 'canary' && goal === 'canary') return { waiting: 'goal', words: 'deploy-prod' };
  const barrier = barrierBefore(environment, rollout, index + 1, environment.at);
  return barrier && { waiting: barrier.waiting, words: barrier.words };
}

const asProgress = (gate: GateResult, step: Step, elapsed: number): GateResult => ({
  ...gate,
  verdict: 'inconclusive',
  reasons: [`${formatDuration(step.minDuration - elapsed)} left`, ...gate.reasons],
});

function grow(step: StepRecord, figures: SlotFigures[], plan: Plan): StepRecord {
  const slots = figures.reduce<SlotFigures[]>((sum, next) => {
    const same = sum.find((slot) => slot.slot === next.slot && slot.release === next.release);
    return same ? sum.map((slot) => (slot === same ? added(slot, next) : slot)) : [...sum, next];
  }, step.slots);
  return { ...step, slots, finding: shareFinding(slots, plan.release.id, step.traffic) };
}

const added = (sum: SlotFigures, next: SlotFigures): SlotFigures => ({
  ...sum,
  requests: sum.requests + next.requests,
  errors: sum.errors + next.errors,
  synthetic: sum.synthetic + next.synthetic,
  latency: mergeHistograms([sum.latency, next.latency]),
});
