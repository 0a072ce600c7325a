import type { Instant, Interval, SlotFigures } from '../analysis/figures';
import { canDiffer } from '../analysis/mann-whitney/shift';
import type { CheckResult } from '../checks/check';
import type { Health } from '../health';
import { answerTo } from '../rollout/answer';
import { noFreeze } from '../rollout/freeze';
import { initialState } from '../rollout/initial';
import type { Command, EnvironmentState, Event, Phase, Rollout, Watching } from '../rollout/model';
import { nextCommand } from '../rollout/next';
import { slotOf, type Plan, type Step } from '../rollout/plan';
import { transition } from '../rollout/transition';
import { idealMetrics, leastIntervals } from './ideal-metrics';

/** One command of a run that goes well, and when it would be given. Observing for a whole step is one of them. */
export interface Rehearsed {
  phase: Phase['name'];
  /** Index of the step of the plan that the command belongs to; `null` before and after the steps. */
  step: number | null;
  command: Command;
  at: Instant;
  durationMs: number;
  /** The duration is configured; otherwise it is a guess. */
  isConfigured: boolean;
}

/** What commands usually take, in ms, where nothing configures it. */
const usual = { prove: 1_000, start: 5_000, try: 5_000, shift: 100, verify: 5_000, publish: 500, stop: 2_000 };

/** More commands than any plan gives. */
const limit = 10_000;

/**
 * Every command that a run of the plan would give when each of them goes well: walks the real state machine in virtual
 * time. It ends where the rollout is over, or waits for a goal that goes further.
 */
export function rehearse(plan: Plan, at: Instant): Rehearsed[] {
  const lines: Rehearsed[] = [];
  const empty = initialState(plan.project, plan.environment);
  let state = transition({ ...empty, stable: plan.from }, { type: 'begin', plan: unhindered(plan), at });
  let now = at;
  while (lines.length < limit) {
    const command = nextCommand(state);
    const { rollout } = state;
    if (!command || !rollout || (rollout.phase.name === 'watching' && rollout.phase.waiting)) break;
    const end = endOf(command, rollout, now);
    const isConfigured = command.type === 'observe' || command.type === 'wait';
    const step = 'step' in rollout.phase ? rollout.phase.step : null;
    const last = lines.at(-1);
    if (last && command.type === 'observe' && last.command.type === 'observe' && last.step === step)
      last.durationMs = end - last.at;
    else lines.push({ phase: rollout.phase.name, step, command, at: now, durationMs: end - now, isConfigured });
    state = transition(state, idealAnswer(command, plan, plan.steps[step ?? 0], now, end));
    now = end;
  }
  return lines;
}

/** The state in which the first step of the plan begins to be watched, at `at`. */
export function beginWatching(plan: Plan, at: Instant): EnvironmentState {
  const empty = initialState(plan.project, plan.environment);
  let state = transition({ ...empty, stable: plan.from }, { type: 'begin', plan: unhindered(plan), at });
  for (let given = 0; given < limit && state.rollout?.phase.name !== 'watching'; given += 1) {
    const command = nextCommand(state);
    if (!command) break;
    state = transition(state, idealAnswer(command, plan, plan.steps[0], at, at));
  }
  return state;
}

/** Nobody knows when people agree; what keeps it waiting is told beside the commands. */
const unhindered = (plan: Plan): Plan => ({ ...plan, approvals: [], freeze: noFreeze });

function endOf(command: Command, { plan, phase }: Rollout, now: Instant): Instant {
  if (command.type === 'wait') return command.until;
  if (command.type !== 'observe') return now + usual[command.type];
  const step = phase.name === 'watching' ? plan.steps[phase.step] : undefined;
  if (!step || phase.name !== 'watching') return command.to;
  if (needsMore(plan, phase)) return command.to;
  const part = Math.ceil(step.minDuration / Math.max(1, (step.judged ? leastIntervals(plan) : 1) - 1));
  return Math.max(command.to, Math.min(phase.since + step.minDuration, phase.observedAt + part));
}

/** Whether one more interval, however long, is too little for the method to come to a conclusion. */
function needsMore({ judge: settings }: Plan, { judge, observedAt, since }: Watching): boolean {
  // what is slow follows from an earlier interval
  if (settings.method === 'sequential') return observedAt === since;
  if (settings.method !== 'mann-whitney' || judge.method !== 'mann-whitney') return false;
  const points = judge.points.length + 1;
  return !canDiffer(points, points, settings.confidence);
}

const idealAnswer = (command: Command, plan: Plan, step: Step | undefined, from: Instant, at: Instant): Event =>
  answerTo(command.type, at, {
    ok: true,
    reason: '',
    checks: 'checks' in command ? command.checks.map(passing) : [],
    health: [],
    ...('baseline' in command && { baseline: healthy(command.baseline.release) }),
    interval: () => idealInterval(plan, step, from, at),
  });

/**
 * Requests enough for any method, by the split, and a release that is better than its baseline: it passes with any margin. Where a
 * decrease may be harm, too, it is as its baseline.
 */
function idealInterval(plan: Plan, step: Step | undefined, from: Instant, to: Instant): Interval {
  const { traffic = 100, baseline = 0 } = step ?? {};
  const perCent = 2 * (plan.judge.method === 'threshold' ? plan.judge.minRequests : 10_000);
  const requests = perCent * traffic;
  const own: SlotFigures = {
    ...{ requests, synthetic: 0, slot: slotOf(plan), release: plan.release.id },
    ...{ errors: 0, latency: [[0, requests]] },
  };
  const old = (slot: SlotFigures['slot'], share: number): SlotFigures[] => {
    const half = (perCent * share) / 2;
    if (!plan.from || half === 0) return [];
    const latency = (plan.judge.method === 'mann-whitney' ? [0] : [1, 2]).map(
      (ms, _, all) => [ms, (2 * half) / all.length] as const,
    );
    const errors = plan.judge.method === 'mann-whitney' ? 0 : half;
    return [{ requests: 2 * half, synthetic: 0, slot, release: plan.from.id, errors, latency }];
  };
  const others = [...old('stable', 100 - traffic - baseline), ...old('baseline', baseline)];
  return { from, to, slots: [own, ...others], layout: { edges: [0, 1, 2] }, ...idealMetrics(plan, own, others) };
}

export const healthy = (name: string): Health => ({ name, healthy: 1, wanted: 1, restarts: 0, reason: null });

const passing = (check: string): CheckResult => ({
  check,
  tool: 'rehearsal',
  version: '1',
  status: 'pass',
  reason: '',
  findings: [],
  figures: {},
  durationMs: 0,
});
