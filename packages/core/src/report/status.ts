import type { Instant, Slot, Summary } from '../analysis/figures';
import type { Problem } from '../errors';
import { isoInstant } from '../instant';
import type { ReleaseRef } from '../release';
import type { EnvironmentState, Phase, Route } from '../rollout/model';
import { awaitsMerge, type MergeOutcome } from '../rollout/merge';
import { isSettled, routeOf } from '../rollout/next';
import type { Step } from '../rollout/plan';
import { earliestEnd } from './earliest-end';
import { currentStep, isDown, knownOutcome, requestsOf } from './standing';
import { freezeOf, waitingOf } from './waiting';

export interface StatusInput {
  project: string;
  now: Instant;
  environments: {
    environment: string;
    state: EnvironmentState | null;
    /** What the router and the runtime say at this moment; `null` when they could not be asked. */
    live: LiveFigures | null;
    /** Why its rollout stands still: what happens can't be written down. */
    trouble?: Problem | null;
  }[];
}

export interface LiveFigures {
  slots: LiveSlot[];
}

export interface LiveSlot {
  slot: Slot;
  release: string;
  weight: number;
  summary: Summary;
  windowMs: number;
  /** Its instances; left out where they could not be asked. */
  workload?: WorkloadFigures;
}

export interface WorkloadFigures {
  healthy: number;
  wanted: number;
  restarts: number;
  cpuPercent: number | null;
  memoryBytes: number | null;
  dbConnections: number | null;
}

/** `deploy-status --json`. Instants are ISO 8601 in UTC, times milliseconds, rates shares; unknown is `null`. */
export interface StatusReport {
  project: string;
  at: string;
  environments: EnvironmentStatus[];
}

export interface EnvironmentStatus {
  environment: string;
  /**
   * Of the latest rollout. `waiting`: it may go on, but for what `waiting` says. `held`: a step had no conclusion in its time
   * and waits for a person. `none`: nothing is in service.
   */
  outcome: 'done' | 'waiting' | 'held' | 'rolled-back' | 'failed' | 'running' | 'none';
  /** What it waits for: deploy-prod, people who agree, the end of a freeze. */
  waiting: {
    for: 'goal' | 'approval' | 'freeze';
    before: 'canary' | 'production';
    words: string;
    /** When it ends by itself. */
    until: string | null;
    /** Asked for before that stage, and those that count. */
    approvals: { wanted: number; given: { by: string; at: string; expires: string; reason: string }[] } | null;
  } | null;
  /** By the configuration of the latest rollout. `until`: when it ends by itself; `lifted`: by whom, and until when. */
  freeze: { reason: string; until: string | null; lifted: { by: string; reason: string; until: string } | null } | null;
  kind: 'deploy' | 'rollback' | null;
  phase: Phase['name'] | null;
  releases: {
    stable: ReleaseRef | null;
    previous: (ReleaseRef & { warmUntil: string | null }) | null;
    deploying: ReleaseRef | null;
  };
  split: Route['slots'];
  /** When it came to its outcome, or began where it has none yet. */
  since: string | null;
  reason: string | null;
  /** Why it stands still until somebody mends that. */
  trouble: Problem | null;
  /** When the step that is under way ends at the earliest: asking again before is of no use. */
  retryAt: string | null;
  /** When a command that failed is tried again by itself. */
  commandRetryAt: string | null;
  goal: 'canary' | 'production' | null;
  step: {
    number: number;
    of: number;
    stage: Step['stage'];
    traffic: number;
    timeLeftMs: number | null;
    patienceLeftMs: number | null;
  } | null;
  refused: { release: string; reason: string; at: string }[];
  /** What came of the merge into the base branch; `null` where none is wanted. */
  merge: MergeOutcome | { result: 'running' } | null;
  /** Whether Sluice itself sent part of the requests that the figures, or the latest rollout, rest on. */
  synthetic: boolean;
  slots: SlotStatus[];
}

export interface SlotStatus {
  slot: Slot;
  release: string;
  weight: number;
  healthy: number | null;
  wanted: number | null;
  requestsPerSecond: number | null;
  errorRate: number | null;
  /** Milliseconds. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
  cpuPercent: number | null;
  memoryBytes: number | null;
  dbConnections: number | null;
  restarts: number | null;
}

export const statusReport = ({ project, now, environments }: StatusInput): StatusReport => ({
  project,
  at: isoInstant(now),
  environments: environments.map((environment) => environmentStatus(environment, now)),
});

function environmentStatus(input: StatusInput['environments'][number], now: Instant): EnvironmentStatus {
  const { environment, state, live } = input;
  const rollout = state?.rollout ?? null;
  const current = rollout && currentStep(rollout, now);
  const split = state?.rollout ? routeOf(state).slots : [];
  return {
    environment,
    outcome: state ? outcomeOf(state, now) : 'none',
    waiting: state && waitingOf(state, now),
    freeze: state && freezeOf(state, now),
    kind: rollout?.plan.kind ?? null,
    phase: rollout?.phase.name ?? null,
    releases: {
      stable: state?.stable ?? null,
      previous: state?.previous ? { ...state.previous.release, warmUntil: isoOrNull(state.previous.warmUntil) } : null,
      deploying: state && rollout && !isSettled(state) && !isDown(state) ? rollout.plan.release : null,
    },
    split,
    since: rollout && isoInstant(rollout.outcome?.at ?? rollout.startedAt),
    reason: state && reasonOf(state),
    trouble: input.trouble ?? null,
    retryAt: isoOrNull(state && earliestEnd(state, now)),
    commandRetryAt: rollout?.failures.count ? isoInstant(rollout.failures.retryAt) : null,
    goal: rollout && !rollout.outcome ? rollout.plan.goal : null,
    step: current && {
      number: current.number,
      of: current.of,
      stage: current.step.stage,
      traffic: current.step.traffic,
      timeLeftMs: current.timeLeft,
      patienceLeftMs: current.patienceLeft,
    },
    refused: (state?.refused ?? []).map(({ release, reason, at }) => ({ release, reason, at: isoInstant(at) })),
    merge: state && mergeOf(state),
    synthetic:
      requestsOf(rollout?.steps ?? []).synthetic > 0 || !!live?.slots.some(({ summary }) => summary.synthetic > 0),
    slots: live ? live.slots.map(slotStatus) : split.map((slot) => ({ ...slot, ...nothingKnown })),
  };
}

function outcomeOf(state: EnvironmentState, now: Instant): EnvironmentStatus['outcome'] {
  const { rollout } = state;
  if (!rollout || (isDown(state) && rollout.phase.name === 'over')) return 'none';
  if (rollout.phase.name === 'lowering' || rollout.phase.name === 'dismantling') return 'running';
  if (rollout.outcome) return rollout.outcome.result;
  const waiting = rollout.phase.name === 'watching' ? rollout.phase.waiting : null;
  if (waiting === 'person') return 'held';
  return waitingOf(state, now) ? 'waiting' : 'running';
}

function reasonOf(state: EnvironmentState): string | null {
  const { rollout } = state;
  if (!rollout) return null;
  if (isDown(state)) return 'it was taken out of service';
  if (rollout.failures.problem && rollout.failures.count) return rollout.failures.problem.message;
  return knownOutcome(rollout)?.reason ?? (rollout.steps.at(-1)?.gate?.reasons.join('; ') || null);
}

const mergeOf = (state: EnvironmentState): EnvironmentStatus['merge'] =>
  awaitsMerge(state) ? { result: 'running' } : (state.rollout?.merge ?? null);

const nothingKnown = {
  healthy: null,
  wanted: null,
  requestsPerSecond: null,
  errorRate: null,
  p50: null,
  p95: null,
  p99: null,
  cpuPercent: null,
  memoryBytes: null,
  dbConnections: null,
  restarts: null,
};

function slotStatus({ slot, release, weight, summary, windowMs, workload }: LiveSlot): SlotStatus {
  const { errorRate, p50, p95, p99, requests } = summary;
  const requestsPerSecond = windowMs > 0 ? requests / (windowMs / 1000) : null;
  const measured = { requestsPerSecond, errorRate, p50, p95, p99 };
  return { ...nothingKnown, slot, release, weight, ...measured, ...workload };
}

const isoOrNull = (at: Instant | null): string | null => (at === null ? null : isoInstant(at));
