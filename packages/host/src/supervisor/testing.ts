import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, EnvironmentRuntime, ReleaseManifest, ReleaseStore, Workload } from '@sluice/core';
import { readProcess } from '@sluice/adapters/processes';
import type { Limits } from './limits';
import { createSupervisor, type Supervisor } from './supervisor';

/** Tries until it does not throw, and throws what it threw last when it still does after some seconds. */
export async function eventually<T>(attempt: () => T | Promise<T>, within = 10_000): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await wait(10);
    }
  }
}

export const clock: Clock = {
  now: () => Date.now(),
  async sleepUntil(until, signal) {
    signal.throwIfAborted();
    await wait(Math.max(0, until - Date.now()), undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};

/**
 * A service that does as it is told: by files in its folder (`sick`, or `sick-INSTANCE`: it answers 503 to health
 * checks), by requests (`/crash`, `/say/TEXT`, `/env`), and by its settings. It ends by itself after
 * two minutes, should a test forget it.
 */
const service = `
const { createServer } = require('node:http');
const { existsSync, writeFileSync } = require('node:fs');
const { spawn } = require('node:child_process');
const { PORT, HOST, SLUICE_INSTANCE, DEAF, GAUGE, CHILD } = process.env;
setTimeout(() => process.exit(9), 120_000).unref();
if (DEAF) process.on('SIGTERM', () => console.log('no'));
if (CHILD) writeFileSync('child', String(spawn(process.execPath, ['-e', 'setTimeout(() => {}, 120_000)']).pid));
const answers = {
  healthz: (response) => (response.statusCode = existsSync('sick') || existsSync('sick-' + SLUICE_INSTANCE) ? 503 : 200),
  crash: () => process.exit(1),
  say: (response, text) => console.log(text),
  env: () => JSON.stringify(process.env),
  metrics: (response) => (GAUGE ? '# TYPE db_open gauge\\ndb_open{pool="a"} ' + GAUGE + '\\n' : ((response.statusCode = 404), '')),
};
createServer((request, response) => {
  const [, name, text] = request.url.split('/');
  const body = answers[name]?.(response, text);
  response.end(typeof body === 'string' ? body : 'fine');
}).listen(Number(PORT), HOST, () => console.log('listening'));
`;

const runtime: EnvironmentRuntime = {
  command: ['node', 'service.js'],
  env: {},
  instances: 1,
  health: { path: '/healthz', interval: 30, timeout: 2000, startTimeout: 20_000 },
  metrics: { path: '/metrics', dbConnections: 'db_open' },
  drain: 10_000,
};

/** Quick, but for the bounds that a test sets itself. */
const quick: Partial<Limits> = {
  backoff: { first: 20, longest: 100 },
  firstChecksEvery: 20,
  pollEvery: 10,
  memoryEvery: 20,
  leaveAfter: 10,
  pollAdoptedEvery: 20,
};

export const signal: AbortSignal = new AbortController().signal;

/** A folder with releases and supervisors, for one test. */
export interface Bench {
  dir: string;
  releases: ReleaseStore;
  /** Makes a release: the service, or a script of its own, with some of its settings changed. */
  release: (settings?: Partial<EnvironmentRuntime>, script?: string) => Promise<Workload>;
  manifestOf: (workload: Workload) => ReleaseManifest | undefined;
  /** Where the files of a release are. */
  folderOf: (workload: Workload) => string;
  /** The store knows this release no more. */
  lose: (workload: Workload) => void;
  /** The next process of the release runs this script. */
  replace: (workload: Workload, script: string) => Promise<void>;
  /** From now on all instances, or this one, answer 503 to health checks. */
  sicken: (workload: Workload, instance?: string) => Promise<void>;
  heal: (workload: Workload, instance?: string) => Promise<void>;
  /** The pid of the child that the service started. */
  childOf: (workload: Workload) => Promise<number>;
  runs: (pid: number | undefined) => boolean;
  supervisor: (limits?: Partial<Limits>) => Supervisor;
  /** The workloads of which a supervisor said that their endpoints changed, in order. */
  changes: Workload[];
  /** What supervisors told of, in order. */
  reports: string[];
  /** From now on `instances.json` can't be written. */
  breakState: () => Promise<void>;
  mendState: () => Promise<void>;
  /** The content of `instances.json`. */
  saved: () => Promise<string>;
  /** Ends everything that runs and removes the folder. */
  clear: () => Promise<void>;
}

export async function createBench(): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-supervisor-'));
  const dir = join(root, 'host');
  const supervisors: Supervisor[] = [];
  const changes: Workload[] = [];
  const reports: string[] = [];
  const sickness = (workload: Workload, instance?: string) =>
    join(folderOf(workload), instance === undefined ? 'sick' : `sick-${instance}`);
  const manifests = new Map<string, ReleaseManifest>();
  const folderOf = ({ release }: Workload) => join(root, 'releases', release);
  const releases: ReleaseStore = {
    async read(_, release) {
      const manifest = manifests.get(release);
      return manifest ? { manifest, folder: join(root, 'releases', release) } : null;
    },
    async verify(_, release) {
      const ok = manifests.has(release);
      return { ok, reason: ok ? 'its files are whole' : 'its files are gone' };
    },
    list: async () => [...manifests.values()],
  };

  const supervisor = (limits: Partial<Limits> = {}): Supervisor => {
    const onChange = (workload: Workload) => changes.push(workload);
    const report = (what: string) => reports.push(what);
    const made = createSupervisor({ dir, releases, clock, onChange, report, limits: { ...quick, ...limits } });
    supervisors.push(made);
    return made;
  };

  return {
    dir,
    releases,
    changes,
    reports,
    folderOf,
    supervisor,
    saved: () => readFile(join(dir, 'instances.json'), 'utf8'),
    async breakState() {
      await mkdir(join(dir, 'instances.json.next'), { recursive: true });
    },
    mendState: () => rm(join(dir, 'instances.json.next'), { recursive: true }),
    async release(settings = {}, script = service) {
      const release = `release${manifests.size + 1}`;
      const workload = { project: '@scope/app', environment: 'production', release };
      manifests.set(release, {
        version: 1,
        id: release,
        commit: 'c0ffee',
        configuration: null,
        project: workload.project,
        artifact: 'digest',
        runtime: { production: { ...runtime, ...settings }, staging: { ...runtime, ...settings } },
      });
      await mkdir(folderOf(workload), { recursive: true });
      await writeFile(join(folderOf(workload), 'service.js'), script);
      return workload;
    },
    manifestOf: ({ release }) => manifests.get(release),
    lose: ({ release }) => void manifests.delete(release),
    replace: (workload, script) => writeFile(join(folderOf(workload), 'service.js'), script),
    sicken: (workload, instance) => writeFile(sickness(workload, instance), ''),
    heal: (workload, instance) => rm(sickness(workload, instance)),
    childOf: async (workload) => Number(await readFile(join(folderOf(workload), 'child'), 'utf8')),
    runs: (pid) => pid !== undefined && readProcess(pid)?.alive === true,
    async clear() {
      for (const made of supervisors) await made.shutdown();
      const last = supervisor();
      await last.adopt();
      await last.stopAll();
      await last.shutdown();
      await rm(root, { recursive: true });
    },
  };
}

/** Asks the instance at a port for something, as its users would. */
export async function ask(port: number | undefined, path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port ?? 0}${path}`)).text();
}
