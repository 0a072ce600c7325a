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
import { connectivityCheck } from '@sluice/adapters/checks';
import { connectHost, ownVersion } from '@sluice/host/client';
import { requireMachine } from '@sluice/host/trial';
import { clock } from '../stage/clock';
import type { StageResult, StageRun } from '../stage/run-stage';

/** What has to be there around the release: its user and secrets, the host with its router, free ports, the services. */
export async function infra(run: StageRun): Promise<StageResult> {
  const { config, root, signal } = run;
  const runtime = runtimeOf(config);
  for (const name of environmentNames) await requireMachine(runtime[name], name, root);
  const own = await runChecks([hostCheck], run, { clock, signal });
  if (own.every(({ status }) => status !== 'fail')) await requireFreePorts(run);
  const services = await runChecks([connectivityCheck()], { services: config.services }, { clock, signal });
  const checks = [...own, ...services];
  return { ...verdictOf(checks, { required: ['host'] }), checks };
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

/** A port that someone else has is found here, not in the middle of a rollout. Rejects with `PORT_IN_USE`. */
async function requireFreePorts({ config, root, project }: StageRun): Promise<void> {
  const { environments } = await (await connectHost(root)).status(project);
  for (const name of environmentNames) {
    const { host, port } = config.environments[name];
    const isServed = environments.some(({ environment, split }) => environment === name && split.length > 0);
    if (!isServed && !(await isFree(host, port))) throw sluiceError('PORT_IN_USE', { port, environment: name });
  }
}

const isFree = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });

const outcome = (status: CheckOutcome['status'], reason: string): CheckOutcome => ({
  status,
  reason,
  findings: [],
  figures: {},
});
