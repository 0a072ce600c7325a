import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { formatInstant, routeOf, sluiceError, takeOver, toProblem, type Config, type TaskMark } from '@sluice/core';
import { logsCheck } from '@sluice/adapters/checks';
import {
  auditFile,
  createAuditLog,
  createDeploymentFiles,
  createReleaseStore,
  createStateStore,
  hostFolder,
  listStates,
  markTask,
  readSealKey,
  standingFiles,
} from '@sluice/adapters/files';
import { expandFreeze } from '@sluice/adapters/freeze';
import { urlOf } from './address';
import { probeService, smoke } from './compose-checks';
import { createMerge, groundOf } from './compose-merge';
import { holdSocket } from './control/held-socket';
import { createDrivers, type Drivers } from './controller/drivers';
import { drained } from './controller/drain';
import { readStatus } from './controller/live';
import { nothingLive } from './controller/idle';
import { createMerger, withMerges } from './controller/merger';
import { createMetricSource } from './controller/metrics';
import { createPublisher } from './controller/publisher';
import { withRefusals } from './controller/refused-acts';
import { createRollouts } from './controller/rollouts';
import { namedReleases } from './controller/named-releases';
import { keepRouter } from './controller/router-keeper';
import { fencedRouter, fencedStore } from './controller/fence';
import { createDeskServer, type Desk } from './controller/server';
import { createSink } from './controller/sink';
import { createSignalActs } from './controller/signal-acts';
import { withoutStaleSignals } from './controller/stale-signals';
import { createSyntheticTraffic } from './controller/synthetic';
import { systemClock as clock } from './controller/system-clock';
import { createTraffic } from './controller/traffic';
import { untilDone } from './controller/until-done';
import { createVerifier } from './controller/verification';
import { createRouterClient } from './router/client';
import { socketsOf } from './sockets';
import { spawnDetached } from './spawn';
import { readSecret } from './secret';
import { createSupervisor } from './supervisor/supervisor';

export interface HostOptions {
  /** The main checkout. */
  root: string;
  version: string;
  say(event: string, details?: object): void;
  /** The router process's main file. */
  routerEntry: string;
}

export interface Host {
  /** Resolves when the host is to end: someone asked for it and nothing is live, or another controller acts by now. */
  closed: Promise<'idle' | 'superseded'>;
  /** Lets go of everything as it is, for the next controller. */
  leave(): Promise<void>;
}

/** How long until what could not be taken over is tried again. */
const takeOverAgain = 5_000;
/** Answers that are on their way when the host ends get so long. */
const lastAnswers = 500;

/** Puts the embedded engine together. This is the only file of the host that names adapters. */
export async function composeHost({ root, version, say, routerEntry }: HostOptions): Promise<Host> {
  const dir = hostFolder(root);
  const sockets = await socketsOf(dir);
  const report = (what: string, thrown: unknown) => say('problem', { what, reason: String(thrown) });

  /** Throws where another controller acts by now. Nothing acts before this one has its socket. */
  let mayAct: () => void = () => undefined;
  const store = fencedStore(createStateStore(root), () => mayAct());
  const releases = createReleaseStore(root, (message) => say('warning', { message }));
  const files = standingFiles(createDeploymentFiles(root), root);
  const router = fencedRouter(createRouterClient(sockets.router), () => mayAct());
  const token = randomBytes(16).toString('hex');
  const supervisor = createSupervisor({
    dir,
    releases,
    clock,
    onChange: (workload) => {
      traffic.refresh(workload).catch((thrown: unknown) => {
        report('new addresses', thrown);
        keeper.restoreAgain();
      });
    },
    report,
    repository: root,
    mayAct: () => mayAct(),
  });
  const traffic = createTraffic(router, (workload) => supervisor.endpoints(workload), {
    syntheticToken: token,
    secret: await readSecret(dir),
    logFolder: dir,
  });
  const metrics = createMetricSource(router, dir);
  const runtime = drained(supervisor, traffic, clock);
  const services = { probe: probeService };

  const warn = (message: string) => say('warning', { message });
  const key = await readSealKey(root).catch((thrown: unknown) =>
    warn(`${toProblem(thrown).message} No line is sealed.`),
  );
  const audit = createAuditLog(auditFile(root), warn, key ?? null);
  const verifier = createVerifier({
    clock,
    runtime,
    metrics,
    services,
    instanceUrl: (workload) => {
      const first = supervisor.endpoints(workload)[0];
      return first ? urlOf(first) : null;
    },
    smoke,
    logLines: (workload, since) => supervisor.logLines(workload, { since }),
    maskOf: supervisor.maskOf,
    scan: (subject, pattern, signal) => logsCheck(pattern).run(subject, signal),
  });
  const setTask = async (task: string, mark: TaskMark) => {
    const outcome = await markTask(root, task, mark);
    if (outcome !== null) say('task', { outcome });
  };
  const publisher = createPublisher({
    clock,
    files,
    stateOf: (project, environment) => store.load(project, environment),
    prune: async (project, keep) => {
      const named = await namedReleases(store, project);
      await releases.prune(project, keep, [...named, ...supervisor.releasesOf(project)]);
      await supervisor.prune(project);
    },
    markTask: setTask,
    report,
  });
  const freezeOf = ({ freeze }: Config, file: string) => expandFreeze(freeze, file, clock.now());
  const owner = `controller ${process.pid} since ${formatInstant(clock.now())}`;
  const mergeOf = createMerge(root, clock, (line) => say('merge', { line }));
  const merger = createMerger({
    merge: async (state, signal) => {
      mayAct();
      return mergeOf(state, signal);
    },
    driverOf: (project) => drivers.of(project, 'production'),
    clock,
    report,
  });
  const sink = withMerges(
    createSink(audit, files.log, clock, (entry) => drivers.stateOf(entry.project, entry.environment)),
    merger,
  );
  const drivers: Drivers = createDrivers({
    load: async (project, environment) => {
      const state = await takeOver(
        project,
        environment,
        owner,
        { store, router: traffic, releases, audit, clock, runtime: supervisor },
        new AbortController().signal,
      );
      merger.consider(state);
      return state;
    },
    portsOf: () => ({
      ...{ clock, runtime, router: traffic, metrics, store, services, verifier, publisher },
      sink,
      synthetic: createSyntheticTraffic(token),
    }),
    report,
  });

  const adopt = untilDone(() => supervisor.adopt());
  const resume = untilDone(async () => {
    await adopt();
    await keeper.ready(); // a rollout that goes on without a router would take its absence for a failure of its own
    await drivers.resume(await listStates(root));
  });
  /** What the router should serve, as the states have it. */
  const expectedRoutes = async () => {
    const states = (await listStates(root)).map(({ project, environment }) => store.load(project, environment));
    const known = await Promise.all(states.map((state) => state.catch(() => null)));
    return known.flatMap((state) => (state?.rollout ? [routeOf(state)] : []));
  };

  const startedAt = clock.now();
  let isLeaving = false;
  let close: (why: 'idle' | 'superseded') => void = () => undefined;
  const closed = new Promise<'idle' | 'superseded'>((resolve) => (close = resolve));
  const deskOf = (isHeld: Promise<void>): Desk => ({
    ready: async () => {
      await isHeld; // before that, neither is there who acts nor what keeps the router
      if (isLeaving) throw sluiceError('HOST_LEAVING', {});
      await resume();
    },
    health: async () => ({
      ...{ pid: process.pid, version, root, startedAt },
      router: await router.health(AbortSignal.timeout(1_000)).then(
        ({ pid }) => pid,
        () => null,
      ),
    }),
    rollouts: withoutStaleSignals(
      withRefusals(
        createRollouts(drivers.of, releases, clock, () => audit.read(), freezeOf, groundOf),
        { audit, clock, stateOf: drivers.stateOf, report },
      ),
      createSignalActs({ root, files, clock, stateOf: drivers.stateOf, markTask: setTask, report }),
    ),
    driverOf: drivers.of,
    merge: (project) => merger.again(project),
    status: (project) =>
      readStatus(project, {
        clock,
        router: traffic,
        metrics,
        stateOf: async (name, environment) => (await drivers.of(name, environment)).state(),
        troubleOf: drivers.troubleOf,
        health: runtime.health,
        usage: (workload, signal) => supervisor.usage(workload, signal),
      }),
    verify: async (project, environment, signal) => {
      const { rollout, stable } = (await drivers.of(project, environment)).state();
      if (!rollout || !stable) throw sluiceError('RELEASE_UNKNOWN', { release: `live in ${environment}`, known: [] });
      const { plan } = rollout;
      const subject = { workload: { project, environment, release: stable.id }, since: clock.now() - plan.hard.for };
      return verifier.verify({ ...subject, plan, via: 'router' }, ['health', 'services', 'smoke', 'window'], signal);
    },
    close: async () => {
      if (drivers.isLive()) return false;
      isLeaving = true;
      await keeper.end();
      close('idle');
      return true;
    },
    report,
  });
  const serve = (isHeld: Promise<void>) => createDeskServer(deskOf(isHeld));
  const held = await holdSocket(serve, sockets.controller); // whoever has it is the one controller
  mayAct = () => {
    try {
      held.check();
    } catch (thrown) {
      close('superseded');
      throw thrown;
    }
  };
  const keeper = keepRouter({
    router,
    clock,
    start: () => {
      say('starting the router');
      const args = ['--dir', dir, '--socket', sockets.router, '--root', root, '--controller', sockets.controller];
      spawnDetached(routerEntry, args, { cwd: root, log: join(dir, 'router.log') });
    },
    restore: async () => {
      await adopt(); // before that, no address is known
      await traffic.restore(await expectedRoutes());
    },
    report,
  });
  const takeOverAll = (): void => {
    resume().catch((thrown: unknown) => {
      report('taking over', thrown);
      if (!isLeaving) setTimeout(takeOverAll, takeOverAgain).unref();
    });
  };
  takeOverAll();

  return {
    closed,
    async leave() {
      isLeaving = true;
      keeper.leave();
      await merger.leave();
      await drivers.leave();
      await supervisor.shutdown();
      await held.end(lastAnswers); // last: while this process writes, no other may become the controller
    },
  };
}

/** Whether a controller would find nothing that runs, should serve or is under way. What can't be read may be live. */
export const isIdle = (root: string): Promise<boolean> =>
  nothingLive(join(hostFolder(root), 'instances.json'), async () => {
    const store = createStateStore(root);
    return Promise.all((await listStates(root)).map((place) => store.load(place.project, place.environment)));
  });
