import type { Instant } from '../analysis/figures';
import { metricsWanted } from '../analysis/methods';
import { formatDuration } from '../config/duration';
import type { Config } from '../config/schema';
import { isoInstant } from '../instant';
import { pipeline, type Stage, type StageName } from '../pipeline';
import type { ReleaseRef } from '../release';
import { frozenAt } from '../rollout/freeze';
import type { Command } from '../rollout/model';
import type { Plan } from '../rollout/plan';
import { inHours } from './amounts';
import type { Outlook } from './outlook';
import { rehearse, type Rehearsed } from './rehearsal';
import { sketchOf } from './stage-sketch';

/** `deploy-plan --json`: what a run would do, stage by stage. Times in ms, from the begin of the run. */
export interface PlanView {
  project: string;
  at: string;
  release: ReleaseRef | null;
  /** What is live in production, the way back. */
  from: ReleaseRef | null;
  goal: Plan['goal'];
  stages: PlannedStage[];
  /** Who is waited for before a stage of production; how long that takes nobody knows. */
  approvals: Plan['approvals'];
  /** The freeze that is in force, else the next one. */
  freeze: { from: string; until: string | null; reason: string; isNow: boolean } | null;
  /** Until the deployment is done; the old release stays warm for `warmMs` after that. */
  totalMs: number;
  warmMs: number;
  /** How soon the canary's verdict can come; `null` where there is no canary. */
  outlook: Outlook | null;
  /** What the stages with long waits take by the seven-stage description. */
  usual: typeof usualTimes;
}

export interface PlannedStage {
  stage: StageName;
  target: string;
  number: number | null;
  title: string;
  /** Why it does not run, if it does not. */
  skipped: string | null;
  /** What it does, in sentences, where it gives no commands to the host. */
  does: string[];
  commands: PlannedCommand[];
  estimateMs: number;
}

export interface PlannedCommand {
  phase: Rehearsed['phase'];
  /** The command in words. */
  text: string;
  command: Command;
  atMs: number;
  durationMs: number;
  /** Configured, or else a guess. */
  isConfigured: boolean;
  /** It follows when the deployment is done, and no run waits for it. */
  isAfterwards: boolean;
}

export const usualTimes = { staging: '30 min', canary: '24 h', production: '2-8 h', total: '25-32 h' } as const;

export interface PlanViewInput {
  project: string;
  config: Config;
  /** Those of staging and production, as far as there are any. */
  plans: readonly Plan[];
  now: Instant;
  /** Of production's canary; left out: nobody asked. */
  outlook?: Outlook | null;
}

/** The whole run, if all goes well. Changes nothing and asks nobody. */
export function planView({ project, config, plans, now, outlook = null }: PlanViewInput): PlanView {
  const production = plans.find(({ environment }) => environment === 'production');
  const plan = production ?? plans[0];
  let at = 0;
  const stages = pipeline.map((row) => {
    const planned = plannedStage(row, at, { project, config, plans, now, commit: plan?.release.commit ?? null });
    at += planned.estimateMs;
    return planned;
  });
  return {
    project,
    at: isoInstant(now),
    release: plan?.release ?? null,
    from: production?.from ?? null,
    goal: plan?.goal ?? 'production',
    stages,
    approvals: production?.approvals ?? [],
    freeze: production ? freezeAhead(production, now) : null,
    totalMs: at,
    warmMs: production?.from && production.goal === 'production' ? production.window : 0,
    outlook,
    usual: usualTimes,
  };
}

function freezeAhead({ freeze }: Plan, now: Instant): PlanView['freeze'] {
  const isNow = frozenAt(freeze, null, now) !== null;
  const next = freeze.windows.filter(({ from }) => from > now).sort((a, b) => a.from - b.from)[0];
  const from = isNow ? now : next?.from;
  const frozen = from === undefined ? null : frozenAt(freeze, null, from);
  if (from === undefined || !frozen) return null;
  const { reason, until } = frozen;
  return { from: isoInstant(from), until: until === null ? null : isoInstant(until), reason, isNow };
}

function plannedStage(row: Stage, atMs: number, input: PlanViewInput & { commit: string | null }): PlannedStage {
  const { name, target, number, title } = row;
  const base = { stage: name, target, number, title, skipped: null };
  const sketch = sketchOf(name, input);
  if (sketch) return { ...base, ...sketch, commands: [] };
  const plan = input.plans.find(({ environment }) => (environment === 'staging') === (name === 'staging'));
  const nothing = { ...base, does: [], commands: [], estimateMs: 0 };
  if (!plan) return { ...nothing, skipped: 'nothing is planned for it' };
  const own = rehearse(plan, input.now).filter((line) => stageOfLine(line, plan) === name);
  const first = own[0];
  if (!first) return { ...nothing, skipped: name === 'canary' ? 'first release' : `the goal is the ${plan.goal}` };
  const commands = own.map((line) => plannedCommand(line, plan, atMs + line.at - first.at));
  const waited = commands.filter(({ isAfterwards }) => !isAfterwards);
  return { ...base, does: [], commands, estimateMs: waited.reduce((sum, { durationMs }) => sum + durationMs, 0) };
}

/** Getting ready belongs to the first step, what follows the last step to the last. */
function stageOfLine({ step, phase }: Rehearsed, { steps }: Plan): StageName | undefined {
  const isBefore = phase === 'tidying' || phase === 'proving' || phase === 'starting' || phase === 'trying';
  return (step === null ? (isBefore ? steps[0] : steps.at(-1)) : steps[step])?.stage;
}

const plannedCommand = ({ phase, step, ...line }: Rehearsed, plan: Plan, atMs: number): PlannedCommand => ({
  phase,
  text: commandWords({ phase, step, ...line }, plan),
  command: line.command,
  atMs,
  durationMs: line.durationMs,
  isConfigured: line.isConfigured,
  isAfterwards: phase === 'cooling' || phase === 'retiring',
});

function commandWords({ phase, step, command, durationMs }: Rehearsed, plan: Plan): string {
  switch (command.type) {
    case 'prove':
      return `prove that ${command.wayBack.release} is whole and healthy`;
    case 'start': {
      const { atMost, baseline, workload } = command;
      const beside = baseline ? ' and a fresh baseline' : '';
      return atMost === undefined
        ? `start ${workload.release}${beside} and wait until it is healthy`
        : `start ${atMost} of the instances of ${workload.release}${beside} and wait until it is healthy`;
    }
    case 'try':
      return `run ${command.checks.join(', ')} before the first request`;
    case 'shift':
      return phase === 'settling'
        ? `make ${plan.release.id} the stable release`
        : `split ${plan.host}:${plan.port}: ${splitWords(command.route.slots)}`;
    case 'observe': {
      const against = step !== null && plan.steps[step]?.judged ? 'compare with the baseline' : 'keep to the ceilings';
      return `observe every ${formatDuration(plan.judge.interval)} for ${inHours(durationMs)}, ${against}${metricWords(plan, step)}`;
    }
    case 'verify':
      return `verify ${command.checks.join(', ')}`;
    case 'publish':
      return plan.environment === 'production' ? 'write report and completion signal' : 'write the report';
    case 'wait':
      return `keep ${plan.from?.id ?? 'the old release'} warm for ${inHours(plan.window)}`;
    case 'stop':
      return `stop ${command.workloads.map(({ release, slot }) => (slot ? 'the fresh baseline' : release)).join(', ')}`;
  }
}

/** The metrics of a service's own that a step is compared by. */
function metricWords({ judge, steps }: Plan, step: number | null): string {
  const names = Object.keys(metricsWanted(judge));
  return names.length > 0 && step !== null && steps[step]?.judged ? `, by ${names.join(', ')} too` : '';
}

const splitWords = (slots: readonly { slot: string; weight: number }[]): string =>
  slots.map(({ slot, weight }) => `${slot} ${weight} %`).join(', ');
