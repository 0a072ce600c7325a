import {
  isSettled,
  nameOf,
  parseConfig,
  planDeploy,
  planRollback,
  sluiceError,
  type SluiceError,
  type Clock,
  type Config,
  type EnvironmentName,
  type EnvironmentState,
  type Freeze,
  type Plan,
  type ReleaseRef,
  type ReleaseStore,
  type Request,
  type Rollout,
  refOf,
} from '@sluice/core';
import type {
  Accepted,
  ApproveRequest,
  DeployRequest,
  DownRequest,
  PermitRequest,
  PromoteRequest,
  RejectRequest,
  RollbackRequest,
  UnfreezeRequest,
} from '../protocol';
import type { Driver } from './driver';

export interface Rollouts {
  deploy(request: DeployRequest): Promise<Accepted>;
  rollBack(request: RollbackRequest): Promise<Accepted>;
  permit(request: PermitRequest): Promise<Accepted>;
  promote(request: PromoteRequest): Promise<Accepted>;
  approve(request: ApproveRequest): Promise<Accepted>;
  reject(request: RejectRequest): Promise<Accepted>;
  unfreeze(request: UnfreezeRequest): Promise<Accepted>;
  takeDown(request: DownRequest): Promise<Accepted>;
}

/** Where a deployment is to be merged, and the commit of its worktree. */
export type GroundOf = (place: DeployRequest['place']) => Promise<Request['ground']>;

/** What people ask for, as acts on the one driver of the environment. */
export function createRollouts(
  driverOf: (project: string, environment: EnvironmentName) => Promise<Driver>,
  releases: ReleaseStore,
  clock: Clock,
  /** Rejects while the audit log is broken: a rollout that began would stand still at once. */
  readAudit: () => Promise<unknown>,
  /** The freezes of a configuration, worked out from now on. Rejects with `CONFIG_INVALID`, which names the file. */
  freezeOf: (config: Config, file: string) => Promise<Freeze>,
  groundOf: GroundOf = async () => undefined,
): Rollouts {
  /** Joins the rollout that takes this very release there already; `null` where there is none. */
  async function attach(driver: Driver, { release, goal, by }: DeployRequest): Promise<Accepted | null> {
    const state = driver.state();
    if (!isUnderWay(state, release)) return null;
    if (goal === 'production' && state.rollout?.plan.goal === 'canary') {
      await driver.act({ type: 'goal', at: clock.now(), goal, by });
    }
    return { how: 'attached' };
  }

  async function begin(driver: Driver, plan: Plan): Promise<Accepted> {
    await readAudit();
    await driver.act({ type: 'begin', at: clock.now(), plan });
    return { how: 'started' };
  }

  return {
    async deploy(request) {
      const { project, environment, release, goal, continues, config, place, by } = request;
      const driver = await driverOf(project, environment);
      const attached = await attach(driver, request);
      if (attached) return attached;
      const state = driver.state();
      if (isSettled(state) && state.stable?.id === release.id) return { how: 'live' };
      const ended = continues === undefined ? null : endedMeanwhile(state, release);
      if (ended) throw ended;
      const parsed = parseConfig(config.text, config.file, config.configuration);
      await find(releases, project, release.id);
      const ground = environment === 'production' ? await groundOf(place) : undefined;
      const freeze = await freezeOf(parsed, config.file);
      const plan = planDeploy(parsed, environment, goal, {
        ...{ project, release, from: state.stable, by, freeze, place, ground },
      });
      try {
        return await begin(driver, plan);
      } catch (thrown) {
        const meanwhile = await attach(driver, request); // someone asked for the same at the same time
        if (meanwhile) return meanwhile;
        throw thrown;
      }
    },

    async rollBack({ project, environment, to, reason, by }) {
      const driver = await driverOf(project, environment);
      const { rollout, stable, previous } = driver.state();
      if (!rollout) {
        throw stable
          ? sluiceError('STATE_LOST', { project, environment })
          : sluiceError('NO_WAY_BACK', { environment });
      }
      // the stable release is what ending it leads to
      if (!isSettled(driver.state()) && (to === null || to === stable?.id)) {
        if (!isGoingBack(rollout)) await driver.act({ type: 'abort', at: clock.now(), by, reason });
        return { how: 'ending' };
      }
      if (rollout.phase.name === 'parked') {
        await driver.act({ type: 'abort', at: clock.now(), by, reason });
        await settled(driver);
      }
      const release = to === null ? (previous?.release ?? null) : await find(releases, project, to);
      if (!release) throw sluiceError('NO_WAY_BACK', { environment });
      if (release.id === stable?.id) return { how: 'live' };
      const plan = planRollback(rollout.plan, { project, release, from: stable, by, place: rollout.plan.place });
      return begin(driver, plan);
    },

    async permit({ project, environment, release, reason, by }) {
      const driver = await driverOf(project, environment);
      await driver.act({ type: 'allow', at: clock.now(), release, reason, by });
      return { how: 'done' };
    },

    async promote({ project, environment, reason, by }) {
      const driver = await driverOf(project, environment);
      await driver.act({ type: 'promote', at: clock.now(), reason, by });
      return { how: 'done' };
    },

    async approve({ project, environment, ...word }) {
      const driver = await driverOf(project, environment);
      await driver.act({ type: 'approve', at: clock.now(), ...word });
      return { how: 'done' };
    },

    async reject({ project, environment, before, ...word }) {
      const driver = await driverOf(project, environment);
      await driver.act({ type: 'reject', at: clock.now(), ...word, ...(before && { before }) });
      return { how: 'ending' };
    },

    async unfreeze({ project, environment, lasts, reason, by }) {
      const driver = await driverOf(project, environment);
      const at = clock.now();
      await driver.act({ type: 'unfreeze', at, until: at + lasts, reason, by });
      return { how: 'done' };
    },

    async takeDown({ project, environment, by }) {
      const driver = await driverOf(project, environment);
      const { rollout, stable } = driver.state();
      if (!rollout && !stable) return { how: 'done' };
      await driver.act({ type: 'down', at: clock.now(), by });
      return { how: 'ending' };
    },
  };
}

/** Resolves when the rollout has its outcome; rejects where it stands still. */
const settled = (driver: Driver): Promise<void> =>
  new Promise((resolve, reject) => {
    if (isSettled(driver.state())) {
      resolve();
      return;
    }
    const stop = driver.watch(
      (state) => {
        if (!isSettled(state)) return;
        stop();
        resolve();
      },
      () => {
        stop();
        reject(driver.stuck() ?? sluiceError('HOST_LEAVING', {}));
      },
    );
  });

const isUnderWay = (state: EnvironmentState, release: ReleaseRef): boolean =>
  !isSettled(state) && state.rollout?.plan.kind === 'deploy' && state.rollout.plan.release.id === release.id;

/**
 * Whoever goes on with a rollout finds it under way or its release live; else somebody or something has ended it, which is
 * not undone by beginning anew. A refused release has an error of its own, a state that was lost knows of no end.
 */
function endedMeanwhile(state: EnvironmentState, release: ReleaseRef): SluiceError | null {
  const { project, environment, rollout, refused } = state;
  if (!rollout || !isSettled(state) || refused.some((refusal) => refusal.release === release.id)) return null;
  const { plan, outcome } = rollout;
  const isOwn = plan.kind === 'deploy' && plan.release.id === release.id;
  const reason =
    isOwn && outcome && outcome.result !== 'done'
      ? outcome.reason
      : isOwn
        ? `${environment} was taken out of service`
        : `${plan.by} took ${environment} to ${nameOf(plan.release)}`;
  const command = `nx run ${project}:deploy-prod${release.configuration ? `:${release.configuration}` : ''}`;
  return sluiceError('ROLLOUT_ENDED', { release: nameOf(release), environment, reason, command });
}

/** It ends without the release being live, whatever anyone asks for. */
const isGoingBack = ({ phase }: Rollout): boolean =>
  phase.name === 'withdrawing' ||
  phase.name === 'clearing' ||
  (phase.name === 'publishing' && phase.outcome.result !== 'done');

async function find(releases: ReleaseStore, project: string, id: string): Promise<ReleaseRef> {
  const found = await releases.read(project, id);
  if (found) return refOf(found.manifest);
  const known = await releases.list(project);
  throw sluiceError('RELEASE_UNKNOWN', { release: id, known: known.map((manifest) => manifest.id) });
}
