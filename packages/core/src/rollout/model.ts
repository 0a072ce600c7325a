import type { Digest } from '../digest';
import type { CheckResult } from '../checks/check';
import type { Instant, Interval, Slot, SlotFigures } from '../analysis/figures';
import type { JudgeState } from '../analysis/methods';
import type { Dispersion } from '../analysis/sequential/history';
import type { MetricKind, RouterSettings, Service } from '../config/schema';
import type { Problem } from '../errors';
import type { GateResult } from '../gates/gate';
import type { HardState } from '../gates/hard';
import type { Health } from '../health';
import type { ReleaseRef, Workload } from '../release';
import type { MergeOutcome } from './merge';
import type { Plan, Stage } from './plan';

/**
 * The whole state of one project in one environment: plain JSON, written before every command, so that a driver that
 * is killed at any moment goes on from here. `transition.ts` is the only code that changes it.
 */
export interface EnvironmentState {
  version: 1;
  project: string;
  environment: string;
  /**
   * Grows with every rollout and every driver that takes over, `sequence` with every event: a route of an older pair is
   * refused, and so is a state.
   */
  generation: number;
  sequence: number;
  /** The driver that has the right to act: the lease. Nothing of a driver that is not named here is saved any more. */
  owner: string;
  /** The latest moment of it: a driver whose clock is behind goes on from here. */
  at: Instant;
  stable: ReleaseRef | null;
  /** Where `stable` is served, and how: a rollout that goes back goes back to this too. */
  listening: Listening | null;
  /** The release before `stable`, and until when its instances stay warm. */
  previous: { release: ReleaseRef; warmUntil: Instant | null } | null;
  /** Releases that were rolled back by themselves: not deployed again before `deploy-retry`. */
  refused: { release: string; reason: string; at: Instant }[];
  /** Somebody lets rollouts go on in spite of a freeze. */
  unfrozen: Unfreeze | null;
  rollout: Rollout | null;
  /** Entries of the audit log that the last event made. They are appended after the state is saved, each once. */
  outbox: AuditEntry[];
  audit: { head: Digest | null; count: number };
}

export type Listening = Pick<Plan, 'host' | 'port' | 'router'>;

/** Who lifts a freeze, and until when. */
export interface Unfreeze {
  by: string;
  at: Instant;
  until: Instant;
  reason: string;
}

/** Somebody's consent that a release begins a stage. It counts until it expires. */
export interface Approval {
  before: Stage;
  release: string;
  by: string;
  at: Instant;
  expires: Instant;
  reason: string;
}

export interface Rollout {
  /** The generation that it began in: its drivers may change, this does not. */
  number: number;
  plan: Plan;
  startedAt: Instant;
  endedAt: Instant | null;
  phase: Phase;
  outcome: Outcome | null;
  /** What was found about the way back before traffic moved. */
  wayBack: string | null;
  /** All that were given, also those that have expired. */
  approvals: Approval[];
  steps: StepRecord[];
  verification: { gate: GateResult; checks: CheckResult[] } | null;
  /** What came of the merge into the base branch; `null` while that is not known, and where none is wanted. */
  merge: MergeOutcome | null;
  /** Whether the split is in force under this generation, so that the router refuses what an older driver still sends. */
  isClaimed: boolean;
  /** How often the current command has failed in a row, and the last failure. */
  failures: Failures;
}

export interface Failures {
  count: number;
  problem: Problem | null;
  /** Not tried again before. */
  retryAt: Instant;
}

export interface Outcome {
  result: 'done' | 'rolled-back' | 'failed';
  reason: string;
  at: Instant;
  cause: Cause;
}

/** Whose doing an outcome is: the release's (it is then refused), a person's, or the world's around it. */
export type Cause = 'release' | 'person' | 'world';

/** The phases in the order of a run. Each names what it waits for in the command that `next.ts` derives from it. */
export type Phase =
  /** Nothing was begun: before its first step it waits for people, or for the end of a freeze. `until`: the next look. */
  | { name: 'parked'; waiting: 'approval' | 'freeze'; until: Instant }
  | { name: 'tidying'; leftovers: Workload[] }
  | { name: 'proving' }
  | { name: 'starting' }
  | { name: 'trying' }
  | { name: 'shifting'; step: number }
  | { name: 'growing'; step: number }
  /** `step` has passed: the traffic of its fresh baseline goes back to stable, then its instances are stopped. */
  | { name: 'merging'; step: number }
  | { name: 'shedding'; step: number }
  | Watching
  | { name: 'verifying'; since: Instant }
  | { name: 'settling' }
  | { name: 'withdrawing'; outcome: Outcome }
  | { name: 'clearing'; outcome: Outcome }
  | { name: 'publishing'; outcome: Outcome }
  | { name: 'cooling'; until: Instant }
  | { name: 'retiring' }
  | { name: 'lowering'; leftovers: Workload[] }
  | { name: 'dismantling'; leftovers: Workload[] }
  | { name: 'over' };

export interface Watching {
  name: 'watching';
  step: number;
  since: Instant;
  /** End of the last interval that was counted, by the clock of the figures, and when it was. */
  observedTo: Instant;
  observedAt: Instant;
  /** Since when observations bring no new figures; `null` after one that did. */
  blindSince: Instant | null;
  judge: JudgeState;
  hard: HardState;
  /** What was seen of the instances of a fresh baseline; left out where there is none, or it was not looked at yet. */
  baseline?: BaselineSeen;
  /** When a step without a conclusion has lasted too long. It starts anew for one that waited and goes on. */
  deadline: Instant;
  /**
   * For whom it stays where it is. `goal`: the judge was satisfied and the time is over, but the goal was to come this far
   * only. `person`: it is held, since its time ended without a conclusion. `approval`, `freeze`: it may go on, but for that.
   */
  waiting: 'goal' | 'person' | 'approval' | 'freeze' | null;
}

/** `illUntil`: what was answered before it says nothing, since instances were down. */
export interface BaselineSeen {
  restarts: number;
  illUntil: Instant;
}

/** What a step measured and how its gate decided; the evidence for receipt and report. */
export interface StepRecord {
  traffic: number;
  since: Instant;
  until: Instant | null;
  gate: GateResult | null;
  /** Who lets it go on without a conclusion, and why; `null` where nobody did. */
  promotedBy: string | null;
  /** Everything that was counted in this step, by slot. */
  slots: SlotFigures[];
  finding: string | null;
}

/** What the driver is to do now. Commands are plain data and idempotent: doing one twice is doing it once. */
export type Command =
  | { type: 'prove'; wayBack: Workload }
  /** `baseline`: a fresh one is started with it, with as many instances. */
  | { type: 'start'; workload: Workload; baseline?: Workload; atMost?: number }
  | { type: 'try'; workload: Workload; checks: string[] }
  | { type: 'shift'; route: Route }
  /** `history`: whether it is asked what the baseline answered before the step, too. */
  | {
      type: 'observe';
      from: Instant;
      to: Instant;
      history: boolean;
      workloads: Workload[];
      baseline?: Workload;
      services: Service[];
    }
  | { type: 'verify'; workload: Workload; checks: string[]; since: Instant }
  | { type: 'publish'; outcome: Outcome }
  | { type: 'wait'; until: Instant }
  | { type: 'stop'; workloads: Workload[] };

/** How the traffic of one environment is split. Weights are whole per cent and add up to 100; no slots: not served. */
export interface Route {
  project: string;
  environment: string;
  host: string;
  port: number;
  generation: number;
  sequence: number;
  /** The rollout that it is of: clients that stay in one slot are drawn anew with each. Left out: with each generation. */
  rollout?: number;
  /** Left out: what the router does by itself. */
  settings?: RouterSettings;
  /** What services tell of themselves that is counted, by name. */
  metrics?: Record<string, MetricKind>;
  slots: { slot: Slot; release: string; weight: number }[];
}

/** What happened: the answer to a command, or an act of a person. */
export type Event =
  | { type: 'proved'; at: Instant; ok: boolean; reason: string }
  | { type: 'started'; at: Instant; ok: boolean; reason: string; cause?: Cause }
  | { type: 'tried'; at: Instant; checks: CheckResult[] }
  /** `since`: a time at which the route was in force, by the clock of the figures. */
  | { type: 'shifted'; at: Instant; since: Instant }
  /**
   * `missing`: why nothing could be measured, although health is known. `history`: what the judge takes from the time before
   * the step, where it asked; `null` where that is not known. `baseline`: of a fresh one; nothing that speaks against the
   * release.
   */
  | {
      type: 'observed';
      at: Instant;
      interval: Interval;
      missing?: Problem;
      history?: Dispersion | null;
      health: Health[];
      baseline?: Health;
    }
  | { type: 'verified'; at: Instant; checks: CheckResult[] }
  | { type: 'published'; at: Instant }
  | { type: 'elapsed'; at: Instant }
  | { type: 'stopped'; at: Instant }
  | { type: 'failed'; at: Instant; problem: Problem }
  | Act;

/** An act of a person, or of an executor on their behalf. */
export type Act =
  | { type: 'begin'; at: Instant; plan: Plan }
  | { type: 'goal'; at: Instant; goal: Plan['goal']; by: string }
  | { type: 'abort'; at: Instant; by: string; reason: string }
  /** A step that is held goes on. */
  | { type: 'promote'; at: Instant; by: string; reason: string }
  | { type: 'approve'; at: Instant; by: string; reason: string; release: string; before: Stage }
  /** The release is taken back. `before`: left out where any stage is meant that waits for approval. */
  | { type: 'reject'; at: Instant; by: string; reason: string; release: string; before?: Stage }
  | { type: 'unfreeze'; at: Instant; by: string; reason: string; until: Instant }
  | { type: 'down'; at: Instant; by: string }
  | { type: 'allow'; at: Instant; release: string; by: string; reason: string }
  /** What a rollout (by its number) wrote was merged into the base branch, or was not. */
  | { type: 'merged'; at: Instant; number: number; release: string; merge: MergeOutcome };

/** One line of the audit log, before it is chained. `id` makes appending it twice harmless. */
export interface AuditEntry {
  id: string;
  at: Instant;
  project: string;
  environment: string;
  release: string | null;
  what: string;
  by: string;
  /** Of an act: its reason. */
  detail: string;
  /** Of an act: the release that it leads away from and the one that it leads to; `null`: none. */
  from?: string | null;
  to?: string | null;
}
