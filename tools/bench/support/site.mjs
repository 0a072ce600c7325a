import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSettled, parseConfig, refOf, releaseId, runtimeOf } from '@sluice/core';
import { createReleaseStore, packArtifact } from '@sluice/adapters/files';
import { connectHost } from '@sluice/host/client';
import { atInterrupt } from './cleanup.mjs';
import { freePort } from './free-port.mjs';
import { endProcesses, processesOf } from './processes.mjs';
import { until } from './until.mjs';

const project = 'bench';
const environment = 'production';
const by = 'bench';
const never = new AbortController().signal;
const service = fileURLToPath(new URL('service.cjs', import.meta.url));

/**
 * A folder with the engine of its own, which is driven as the executors drive it: through the host's client. No nx and
 * no git are needed. `settings` are merged over the times below; `padding` is what the artifact holds besides, in MiB.
 */
export async function openSite({ settings = {}, padding = 0 } = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-bench-')));
  const ports = { staging: await freePort(), production: await freePort() };
  const worktree = join(root, 'worktree');
  const files = join(root, 'build');
  mkdirSync(worktree);
  mkdirSync(files);
  cpSync(service, join(files, 'service.cjs'));
  for (let i = 0; i < padding * 20; i += 1)
    writeFileSync(join(files, `padding-${i}.bin`), Buffer.alloc(52_429, `${i}`));
  const tarball = join(root, 'artifact.tgz');
  const { digest } = await packArtifact(files, tarball);
  const remove = async () => {
    await endProcesses(root);
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  const removed = atInterrupt(remove);
  const host = await connectHost(root).catch(async (error) => {
    await remove();
    throw error;
  });

  const configText = (env) =>
    JSON.stringify({
      runtime: {
        command: ['node', 'service.cjs', root], // the folder, so that its processes are found
        env,
        health: { interval: '200ms', startTimeout: '30s' },
        drain: settings.drain ?? '10s',
      },
      environments: { staging: { port: ports.staging }, production: { port: ports.production } },
      canary: {
        ...{
          traffic: settings.traffic ?? 5,
          duration: '2s',
          maxDuration: '1m',
          interval: '250ms',
          noData: '60s',
        },
        method: 'threshold',
        // the service is the same in every release: how busy the machine is must not decide
        threshold: {
          minRequests: 10,
          consecutiveErrorLimit: 240, // as long as `noData`
          promote: { errors: { absolute: 0.01 }, latency: { ratio: 100, absolute: '10s' } },
          rollback: { errors: { absolute: 0.05 }, latency: { ratio: 100, absolute: '10s' } },
        },
      },
      production: { steps: settings.steps ?? [50, 100], stepDuration: '1s' },
      rollback: { window: settings.window ?? '5s', keep: 3 },
    });

  const follow = (isEnd, onState = () => undefined) => host.follow(project, environment, onState, isEnd, never);

  return {
    root,
    host,
    url: `http://127.0.0.1:${ports.production}`,
    follow,
    /** Puts a release with this environment on disk and hands it to the host; answers its id. */
    async begin(env) {
      const text = configText(env);
      const runtime = runtimeOf(parseConfig(text, 'sluice.json', null));
      const release = { id: releaseId(digest, runtime), commit: 'c'.repeat(40), configuration: env.NAME };
      const manifest = { version: 1, ...release, project, artifact: digest, runtime };
      await createReleaseStore(root).add(manifest, tarball);
      const place = { checkout: root, worktree, projectRoot: '.' };
      const config = { text, file: 'sluice.json', configuration: null };
      const { how } = await host.deploy({
        ...{ project, environment, release: refOf(manifest), goal: 'production', config, place, by },
      });
      if (how !== 'started') throw new Error(`the deployment of ${env.NAME} is ${how}`);
      return release.id;
    },
    async deploy(env, result = 'done') {
      const id = await this.begin(env);
      await this.settled(result);
      return id;
    },
    async settled(result) {
      const { outcome } = (await follow(isSettled)).rollout;
      if (outcome.result !== result) throw new Error(`expected ${result}, got ${outcome.result}: ${outcome.reason}`);
    },
    rollBack: (client = host) => client.rollBack({ project, environment, to: null, reason: 'bench', by }),
    state: (client = host) => client.state(project, environment),
    audit: () =>
      readFileSync(join(root, '.sluice/audit.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    /** When the instances of a release got requests, by what they wrote themselves. */
    requestsTo(release) {
      const folder = join(root, '.sluice/host/logs', project, environment);
      const logs = readdirSync(folder).filter((name) => name.startsWith(`${release}-`));
      const lines = logs.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
      return lines.flatMap((line) => (line.startsWith('request ') ? [Number(line.slice(8))] : []));
    },
    /** Takes everything down as deploy-down does, and then leaves nothing behind. */
    async close() {
      try {
        const { rollout } = await this.state();
        if (rollout && isSettled(await this.state())) {
          await host.takeDown({ project, environment, by });
          await follow((state) => state.rollout?.phase.name === 'over');
          await host.close();
          await until('the host to end', () => processesOf(root).length === 0, 10_000);
        }
      } finally {
        await remove();
        removed();
      }
    },
  };
}
