import { createServer } from 'node:net';
import {
  environmentNames,
  runChecks,
  runtimeOf,
  sluiceError,
  verdictOf,
  type Check,
  type CheckOutcome,
} from '@sluice/core';
import { connectHost, ownVersion } from '@sluice/host/client';
import { requireMachine } from '@sluice/host/trial';
import { clock } from '../stage/clock';
import type { StageResult, StageRun } from '../stage/run-stage';
import { bringUp, findSurroundings, lookAtServices } from './surroundings';

/**
 * What has to be there around the release: its user and secrets, the host with its router, free ports, the containers of its
 * Compose file, the services.
 */
export async function infra(run: StageRun): Promise<StageResult> {
  const { config, root, signal } = run;
  const runtime = runtimeOf(config);
  for (const name of environmentNames) await requireMachine(runtime[name], name, root);
  const around = await findSurroundings(run);
  const own = await runChecks([hostCheck], run, { clock, signal });
  if (own.every(({ status }) => status !== 'fail')) await requireFreePorts(run);
  const brought = around && (await bringUp(around, run));
  const isNew = Boolean(brought?.checks.every(({ status }) => status !== 'fail'));
  const services = await lookAtServices(run, { isNew });
  const checks = [...own, ...(brought?.checks ?? []), ...services];
  const required = ['host', ...(around ? ['containers'] : [])];
  return { ...verdictOf(checks, { required }), checks, produced: brought?.produced ?? {} };
}

const check = (name: string, run: Check<StageRun>['run']): Check<StageRun> => ({
  name,
  tool: 'sluice',
  version: '1',
  timeLimit: 600_000,
  run,
});

const renewal = 'npx sluice host restart brings this one, without a failed request';

/** The host comes up by itself when it is asked for; its router a moment later. */
const hostCheck = check('host', async ({ root, config }, signal) => {
  const until = clock.now() + config.infra.timeout;
  for (;;) {
    const { pid, router, version } = await (await connectHost(root)).health();
    const words = `controller ${pid} and router ${router} answer`;
    if (router !== null && version === ownVersion()) return outcome('pass', words);
    if (router !== null)
      return outcome('warn', `${words}; they are Sluice ${version}, this is ${ownVersion()}: ${renewal}`);
    if (clock.now() > until) return outcome('fail', 'the router does not answer; its log is .sluice/host/router.log');
    await clock.sleepUntil(clock.now() + 100, signal);
  }
});

/**
 * What the router could not listen on is found here, not in the middle of a rollout. Rejects with `PORT_IN_USE` and
 * `LISTEN_FAILED`.
 */
async function requireFreePorts({ config, root, project }: StageRun): Promise<void> {
  const { environments } = await (await connectHost(root)).status(project);
  for (const name of environmentNames) {
    const { host, port } = config.environments[name];
    const code = await listenProblem(host, port);
    if (code === null) continue;
    if (code !== 'EADDRINUSE') throw sluiceError('LISTEN_FAILED', { port, host, code });
    // it may be the router that has it
    const isServed = environments.some(({ environment, split }) => environment === name && split.length > 0);
    if (!isServed) throw sluiceError('PORT_IN_USE', { port, environment: name });
  }
}

/** The system's code of why nothing can listen there; `null` where it can. */
const listenProblem = (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });

const outcome = (status: CheckOutcome['status'], reason: string): CheckOutcome => ({
  status,
  reason,
  findings: [],
  figures: {},
});
