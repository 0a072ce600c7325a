import type { Instant, Interval, SlotFigures } from '../analysis/figures';
import type { CheckResult } from '../checks/check';
import type { Health } from '../health';
import { answerTo } from '../rollout/answer';
import { initialState } from '../rollout/initial';
import type { Command, Event, Phase, Rollout } from '../rollout/model';
import { nextCommand } from '../rollout/next';
import { slotOf, type Plan, type Step } from '../rollout/plan';
import { transition } from '../rollout/transition';

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
  let state = transition({ ...empty, stable: plan.from }, { type: 'begin', plan, at });
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

function endOf(command: Command, { plan, phase }: Rollout, now: Instant): Instant {
  if (command.type === 'wait') return command.until;
  if (command.type !== 'observe') return now + usual[command.type];
  const step = phase.name === 'watching' ? plan.steps[phase.step] : undefined;
  if (!step || phase.name !== 'watching') return command.to;
  // what is slow follows from an earlier interval
  const isFirst = plan.judge.method === 'sequential' && phase.observedAt === phase.since;
  return isFirst ? command.to : Math.max(command.to, phase.since + step.minDuration);
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

/** Requests enough for any method, by the split, and a release that is better than its baseline: it passes with any margin. */
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
    const latency = [1, 2].map((ms) => [ms, half] as const);
    return [{ requests: 2 * half, synthetic: 0, slot, release: plan.from.id, errors: half, latency }];
  };
  return {
    from,
    to,
    slots: [own, ...old('stable', 100 - traffic - baseline), ...old('baseline', baseline)],
    layout: { edges: [0, 1, 2] },
  };
}

const healthy = (name: string): Health => ({ name, healthy: 1, wanted: 1, restarts: 0, reason: null });

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
