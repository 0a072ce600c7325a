import type { Slot, SlotFigures } from '../../analysis/figures';
import type { CheckResult } from '../../checks/check';
import { parseConfig } from '../../config/parse';
import type { Config } from '../../config/schema';
import { makeReceipt, type Receipt, type ReceiptBody } from '../../receipt';
import type { ReleaseRef } from '../../release';
import { answerTo } from '../../rollout/answer';
import { initialState } from '../../rollout/initial';
import type { Command, EnvironmentState, Event } from '../../rollout/model';
import { nextCommand } from '../../rollout/next';
import { planDeploy, type Plan } from '../../rollout/plan';
import { transition } from '../../rollout/transition';

/** A small world for the specs of reports: the real state machine with answers that a spec chooses. */
/** 2026-11-23 13:00:00 UTC */
export const monday = 1795438800000;
export const first: ReleaseRef = { id: '9f8e7d6c5b4a', commit: 'a'.repeat(40), configuration: null };
export const next: ReleaseRef = { id: '1a2b3c4d5e6f', commit: 'b'.repeat(40), configuration: 'next' };

export const aConfig = (settings: object = {}): Config =>
  parseConfig(
    JSON.stringify({
      runtime: { command: ['node', 'main.js'] },
      environments: { staging: { port: 4300 }, production: { port: 4400 } },
      staging: { soak: '30s' },
      canary: { method: 'threshold', duration: '1m', threshold: { minRequests: 20 } },
      production: { stepDuration: '30s' },
      ...settings,
    }),
    'sluice.json',
  );

export function aPlan(settings: object = {}, changes: Partial<Plan> = {}): Plan {
  const request = { project: 'app', release: next, from: first, by: 'alice', place: null };
  const environment = changes.environment ?? 'production';
  return { ...planDeploy(aConfig(settings), environment, 'production', { ...request, ...changes }), ...changes };
}

export const aState = (changes: Partial<EnvironmentState> = {}): EnvironmentState => ({
  ...initialState('app', 'production'),
  ...changes,
});

export const begun = (plan: Plan, state = aState({ environment: plan.environment, stable: plan.from })) =>
  transition(state, { type: 'begin', plan, at: monday });

export const aCheck = (check: string, changes: Partial<CheckResult> = {}): CheckResult => ({
  check,
  tool: 'sluice',
  version: '1',
  status: 'pass',
  reason: `${check} is fine`,
  findings: [],
  figures: {},
  durationMs: 1_200,
  ...changes,
});

export const figures = (
  slot: Slot,
  release: string,
  requests: number,
  changes: Partial<SlotFigures> = {},
): SlotFigures => ({
  slot,
  release,
  requests,
  errors: 0,
  synthetic: 0,
  latency: [
    [8, Math.ceil(requests / 2)],
    [12, Math.floor(requests / 2)],
  ],
  ...changes,
});

/** What the router counts in one interval of a rollout. */
export type Traffic = (share: number) => SlotFigures[];
export const calm: Traffic = (share) => [
  ...(share < 100 ? [figures('stable', first.id, 1000 - share * 10)] : []),
  figures(share < 100 ? 'canary' : 'stable', next.id, share * 10),
];
export const failing: Traffic = (share) => [
  figures('stable', first.id, 1000 - share * 10),
  figures('canary', next.id, share * 10, { errors: share }),
];

export interface Script {
  until?: (state: EnvironmentState) => boolean;
  traffic?: Traffic;
  /** Answers instead of the good one. */
  answer?: (command: Command, at: number) => Event | null;
}

/** Lets a rollout go on until it is over, or as far as the script says. Gives the time as well. */
export function played(start: EnvironmentState, { until = () => false, traffic = calm, answer }: Script = {}) {
  let state = start;
  let now = monday;
  for (let turn = 0; turn < 5_000 && !until(state); turn += 1) {
    const command = nextCommand(state);
    if (!command) break;
    now = command.type === 'observe' ? command.to : command.type === 'wait' ? command.until : now + 1_000;
    state = transition(state, answer?.(command, now) ?? goodAnswer(command, state, now, traffic));
  }
  return { state, now };
}

export const isIn =
  (phase: string, step?: number) =>
  ({ rollout }: EnvironmentState): boolean =>
    rollout?.phase.name === phase && (step === undefined || ('step' in rollout.phase && rollout.phase.step === step));

function goodAnswer(command: Command, { rollout }: EnvironmentState, at: number, traffic: Traffic): Event {
  const step = rollout?.phase.name === 'watching' ? rollout.plan.steps[rollout.phase.step] : undefined;
  const from = command.type === 'observe' ? command.from : at;
  return answerTo(command.type, at, {
    ok: true,
    reason: command.type === 'prove' ? `${command.wayBack.release} is whole, 2 of 2 instances healthy` : 'healthy',
    checks: 'checks' in command ? command.checks.map((check) => aCheck(check)) : [],
    health: [],
    ...('baseline' in command && {
      baseline: { name: first.id, healthy: 1, wanted: 1, restarts: 0, reason: null },
    }),
    interval: () => ({ from, to: at, slots: traffic(step?.traffic ?? 100), layout: { factor: 1.01, step: 0 } }),
  });
}

export const aReceipt = (stage: string, body: Partial<ReceiptBody> = {}, durationMs = 2_000): Receipt =>
  makeReceipt(
    {
      stage,
      project: 'app',
      verdict: 'pass',
      subject: { content: 'c0ffee', tools: {} },
      reasons: [],
      figures: {},
      produced: {},
      checks: [],
      ...body,
    },
    { startedAt: monday - 60_000, durationMs },
  );

/** The receipt of a stage that deploys. */
export const aReleaseReceipt = (stage: string, release: string, builtOn: readonly Receipt[] = [], body = {}): Receipt =>
  aReceipt(stage, {
    subject: { release, builtOn: Object.fromEntries(builtOn.map((receipt) => [receipt.stage, receipt.digest])) },
    ...body,
  });
