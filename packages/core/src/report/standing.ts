import { summarise, type Instant, type Slot, type SlotFigures, type Summary } from '../analysis/figures';
import type { EnvironmentState, Outcome, Rollout, StepRecord, Watching } from '../rollout/model';
import { routeOf } from '../rollout/next';
import type { Step } from '../rollout/plan';

/** How a rollout stands: what status, progress, report and signal all want to know of it. */

/** The outcome as soon as it is certain, which is before it is published. */
export const knownOutcome = ({ outcome, phase }: Rollout): Outcome | null =>
  outcome ?? ('outcome' in phase ? phase.outcome : null);

/** Taken out of service after its last rollout was over. */
export const isDown = ({ stable, rollout }: EnvironmentState): boolean =>
  rollout?.outcome != null && stable === null && (rollout.outcome.result === 'done' || rollout.plan.from !== null);

/** Evidence or somebody let it through. */
export const isCleared = ({ gate, promotedBy }: StepRecord): boolean => gate?.verdict === 'pass' || promotedBy !== null;

/** The share of traffic that a release has in the route of a state. */
export const trafficOf = (state: EnvironmentState, release: string): number =>
  state.rollout
    ? routeOf(state)
        .slots.filter((slot) => slot.release === release)
        .reduce((sum, { weight }) => sum + weight, 0)
    : 0;

/** `canary 5 %`, `production 100 %` */
export const stepName = ({ stage, traffic }: Pick<Step, 'stage' | 'traffic'>): string => `${stage} ${traffic} %`;

export interface StepStanding {
  number: number;
  of: number;
  step: Step;
  /** Of the configured time, in ms; `null` before the step has its traffic. */
  timeLeft: number | null;
  /** Until a step without evidence is given up, in ms; `null` where nothing is compared. */
  patienceLeft: number | null;
  waiting: Watching['waiting'];
}

/** The step that traffic is at or moves to, or `null` in every other phase. */
export function currentStep({ plan, phase }: Rollout, now: Instant): StepStanding | null {
  if (phase.name !== 'shifting' && phase.name !== 'watching') return null;
  const step = plan.steps[phase.step];
  if (!step) return null;
  const place = { number: phase.step + 1, of: plan.steps.length, step };
  if (phase.name === 'shifting') return { ...place, timeLeft: null, patienceLeft: null, waiting: null };
  return {
    ...place,
    timeLeft: Math.max(0, phase.since + step.minDuration - now),
    patienceLeft: step.judged && phase.waiting !== 'person' ? Math.max(0, phase.deadline - now) : null,
    waiting: phase.waiting,
  };
}

/** The figures of a step, one row a slot, in the order baseline before canary. */
export function slotSummaries({ slots }: StepRecord): { slot: Slot; release: string; summary: Summary }[] {
  const order: Slot[] = ['stable', 'baseline', 'canary'];
  return slots
    .map((figures) => ({ slot: figures.slot, release: figures.release, summary: summarise([figures]) }))
    .sort((a, b) => order.indexOf(a.slot) - order.indexOf(b.slot));
}

/** The figures of the release itself over some steps. */
export const ownSummary = (rollout: Rollout, steps: readonly StepRecord[]): Summary =>
  summarise(steps.flatMap(({ slots }) => slots.filter(({ release }) => release === rollout.plan.release.id)));

/** All requests that were counted, and how many of them Sluice sent itself. */
export function requestsOf(steps: readonly StepRecord[]): { requests: number; synthetic: number } {
  const slots: SlotFigures[] = steps.flatMap((step) => step.slots);
  return {
    requests: slots.reduce((sum, { requests }) => sum + requests, 0),
    synthetic: slots.reduce((sum, { synthetic }) => sum + synthetic, 0),
  };
}
