import type {
  ApprovalSettings,
  Config,
  EnvironmentName,
  HardSettings,
  RouterSettings,
  Service,
  SyntheticSettings,
} from '../config/schema';
import { judgeSettings, type JudgeSettings } from '../analysis/methods';
import { maxDurationOf, minDurationOf } from '../config/canary-times';
import { gate1 } from '../gates/gate1';
import { noFreeze, type Freeze } from './freeze';
import { withFreshBaseline } from './fresh-baseline';
import { noMerge, type MergePlan } from './merge';
import type { Slot } from '../analysis/figures';
import type { ReleaseRef } from '../release';
import type { StageName } from '../pipeline';

/** A stage of production that may wait for approval. */
export type Stage = Extract<StageName, 'canary' | 'production'>;

/** How many people have to agree before a stage; `from`: who may, `null`: everybody. */
export interface ApprovalRule {
  before: Stage;
  by: number;
  from: string[] | null;
  ttl: number;
}

/** One share of traffic and how long it is watched. Times in milliseconds. */
export interface Step {
  stage: Extract<StageName, 'staging' | 'canary' | 'production'>;
  traffic: number;
  /** Compared with the baseline: below 100 % there is one. */
  judged: boolean;
  minDuration: number;
  maxDuration: number;
  /** As many of its instances as its share needs; all where it is left out. */
  atMost?: number;
  /** The share of a fresh baseline that it is compared with; left out: with stable. */
  baseline?: number;
}

/** Everything that a rollout needs to know, fixed when it begins: a later change of configuration does not move it. */
export interface Plan {
  kind: 'deploy' | 'rollback';
  project: string;
  environment: EnvironmentName;
  release: ReleaseRef;
  /** What was live when it began: the way back. */
  from: ReleaseRef | null;
  host: string;
  port: number;
  router: RouterSettings;
  steps: Step[];
  goal: 'canary' | 'production';
  judge: JudgeSettings;
  /** What becomes of a step without a conclusion in its time. */
  onInconclusive: Config['canary']['onInconclusive'];
  approvals: ApprovalRule[];
  freeze: Freeze;
  hard: HardSettings;
  synthetic: SyntheticSettings | null;
  /** Critical services around the release: one that is down for too long is a reason to go back. */
  services: Service[];
  /** Checks of a release that nobody has used yet, before its first request: there is no baseline to compare it with. */
  trial: string[];
  /** Names of the checks that the verification runs. */
  verify: string[];
  /** How long the old release stays warm, and how many releases are kept on disk. */
  window: number;
  keep: number;
  by: string;
  /** The smoke tests, run in the project's folder; `null` asks for the health path only. */
  smoke: string[] | null;
  healthPath: string;
  /** What a line of the release's own log must not match before gate 1. */
  logErrors: string;
  /** Id of the deployment's task in the list of the pipeline around. */
  task: string;
  /** Where the run lives: the checkout that nx was started in, the worktree of the deployment, the project in them. */
  place: { checkout: string; worktree: string; projectRoot: string } | null;
  merge: MergePlan;
}

export type Request = Pick<Plan, 'project' | 'release' | 'from' | 'by' | 'place'> & {
  /** As worked out of the configuration. */
  freeze?: Freeze;
  /** The base branch and the commit of the worktree, where a deployment may be merged. */
  ground?: Pick<MergePlan, 'base' | 'commit'> | undefined;
};

/** The way to 100 % of an environment: the canary and the production steps, or staging's single one. */
export function planDeploy(
  config: Config,
  environment: EnvironmentName,
  goal: Plan['goal'],
  { ground, ...request }: Request,
): Plan {
  const stepsOf = environment === 'staging' ? stagingSteps : request.from ? productionSteps : firstSteps;
  return {
    ...common(config, environment, request),
    kind: 'deploy',
    steps: config.canary.baseline === 'fresh' ? stepsOf(config).map(withFreshBaseline) : stepsOf(config),
    goal,
    trial: environment === 'production' && !request.from ? ['smoke'] : [],
    verify: environment === 'staging' ? [...gate1] : ['health', 'services', 'smoke', 'window'],
    merge: environment === 'production' && ground ? mergeOf(config, ground) : noMerge,
  };
}

/** Back to an earlier release, at once: a plan made from the last one, so that it needs no configuration that parses. */
export function planRollback(last: Plan, request: Omit<Request, 'ground'>): Plan {
  return {
    ...last,
    ...request,
    kind: 'rollback',
    steps: [{ stage: 'production', traffic: 100, judged: false, minDuration: 0, maxDuration: 0 }],
    goal: 'production',
    approvals: [],
    freeze: noFreeze,
    trial: [],
    verify: ['health'],
    merge: noMerge,
  };
}

/** The label of the slot that the new release takes: the first release of an environment is stable from the start. */
export const slotOf = (plan: Plan): Slot => (plan.from ? 'canary' : 'stable');

const mergeOf = (
  { merge, versionFiles, build, worktree }: Config,
  ground: Pick<MergePlan, 'base' | 'commit'>,
): MergePlan => ({
  ...ground,
  ...{ how: merge, files: versionFiles, target: build.target, install: worktree.install },
});

const common = (config: Config, environment: EnvironmentName, request: Omit<Request, 'ground'>) => ({
  ...request,
  freeze: environment === 'production' ? (request.freeze ?? unknownFreeze(config)) : noFreeze,
  approvals: environment === 'production' ? config.approvals.map(ruleOf) : [],
  environment,
  host: config.environments[environment].host,
  port: config.environments[environment].port,
  router: config.router,
  judge: judgeSettings(config.canary),
  onInconclusive: config.canary.onInconclusive,
  hard: config.canary.hard,
  synthetic: environment === 'production' ? (config.canary.synthetic ?? null) : null,
  services: environment === 'production' ? config.services.filter(({ critical, from }) => critical && !from) : [],
  window: config.rollback.window,
  keep: config.rollback.keep,
  smoke: config.smoke ?? null,
  healthPath: config.runtime.health.path,
  logErrors: config.staging.logErrors,
  task: String(config.pipeline.task),
});

/** What nobody has worked out is frozen. */
const unknownFreeze = ({ freeze }: Config): Freeze => (freeze.length ? { windows: [], knownUntil: 0 } : noFreeze);

const ruleOf = ({ before, by, from, ttl }: ApprovalSettings): ApprovalRule => ({ before, by, from: from ?? null, ttl });

const stagingSteps = (config: Config): Step[] => [whole('staging', config.staging.soak)];

const firstSteps = (config: Config): Step[] => [whole('production', config.production.stepDuration)];

function productionSteps(config: Config): Step[] {
  const { canary } = config;
  const { traffic } = canary;
  const instances = config.environments.production.instances ?? config.runtime.instances;
  const atMost = Math.ceil((instances * traffic) / 100);
  const { steps, stepDuration, holdback } = config.production;
  return [
    {
      ...{ stage: 'canary', traffic, judged: true },
      ...{ minDuration: minDurationOf(canary), maxDuration: maxDurationOf(canary) },
      ...(atMost < instances ? { atMost } : {}),
    },
    ...steps.map((share) =>
      share < 100
        ? compared(share, stepDuration)
        : holdback > 0
          ? compared(100 - holdback, Math.max(stepDuration, config.rollback.window))
          : whole('production', stepDuration),
    ),
  ];
}

const compared = (traffic: number, duration: number): Step => ({
  stage: 'production',
  traffic,
  judged: true,
  minDuration: duration,
  maxDuration: 2 * duration,
});

const whole = (stage: Step['stage'], duration: number): Step => ({
  stage,
  traffic: 100,
  judged: false,
  minDuration: duration,
  maxDuration: duration,
});
