import { readFileSync } from 'node:fs';
import { createStateStore } from '@sluice/adapters/files';
import { summarise, type EnvironmentState } from '@sluice/core';
import { findHost } from '@sluice/host/client';
import { z } from 'zod';
import { nx, startNx } from './support/nx';
import { isRunning, kill } from './support/processes';
import { isLost, startTraffic, type Exchange, type Traffic } from './support/traffic';
import { until } from './support/until';
import { cloneWorkspace, type Workspace } from './support/workspace';

jest.setTimeout(300_000);

let workspace: Workspace;
let traffic: Traffic;

beforeAll(async () => {
  workspace = await cloneWorkspace({
    readiness: { targets: [], allowNoTests: true, minScore: 0 },
    load: { warmup: '0s', duration: '1s' },
    staging: { soak: '1s' },
    canary: { duration: '40s' },
    production: { stepDuration: '4s' },
  });
  const { code, text } = await nx(workspace.root, 'app:deploy-prod');
  if (code !== 0) throw new Error(text);
  traffic = startTraffic(workspace.url);
});

afterAll(async () => {
  await traffic.stop();
  await workspace.dispose();
});

async function state(): Promise<EnvironmentState> {
  const found = await createStateStore(workspace.root).load('app', 'production');
  if (!found) throw new Error('production has no state');
  return found;
}

/** What is known of the canary: its number among the rollouts, the step it is at, and the requests counted for it. */
async function canary() {
  const { rollout } = await state();
  const step = rollout?.steps[0];
  const { requests } = summarise((step?.slots ?? []).filter(({ slot }) => slot === 'canary'));
  return {
    number: rollout?.number,
    phase: rollout?.phase.name,
    steps: rollout?.steps.length,
    requests,
    outcome: rollout?.outcome,
  };
}

const routesSchema = z.object({
  routes: z.array(
    z.object({ environment: z.string(), slots: z.array(z.object({ slot: z.string(), weight: z.number() })) }),
  ),
});

/** The split that the router keeps on disk. */
function split() {
  const { routes } = routesSchema.parse(JSON.parse(readFileSync(workspace.path('.sluice/host/routes.json'), 'utf8')));
  return routes.find(({ environment }) => environment === 'production')?.slots;
}

const pids = async () => {
  const health = await (await findHost(workspace.root).catch(() => null))?.health().catch(() => null);
  return health?.router == null ? null : { controller: health.pid, router: health.router };
};

const seenBetween = (from: number, to: number): Exchange[] =>
  traffic.exchanges.filter(({ sentAt, endedAt }) => endedAt >= from && sentAt <= to);

it('goes on with the rollout when the terminal is gone, the controller, or the router', async () => {
  const run = startNx(workspace.root, 'app:deploy-prod:next');
  const before = await until(
    'the canary to have evidence',
    async () => {
      const found = await canary();
      return found.steps === 1 && found.requests >= 5 ? found : null;
    },
    { limit: 120_000 },
  );
  const first = await until('the host', pids);

  // nx, its executors and everything around them
  const nxPid = run.process.pid ?? 0;
  kill(-nxPid, 'SIGKILL');
  await run.ended;
  expect(isRunning(first.controller)).toBe(true);

  const killedAt = Date.now();
  const kept = await canary();
  kill(first.controller, 'SIGKILL');
  const second = await until('another controller', async () => {
    const found = await pids();
    return found && found.controller !== first.controller ? found : null;
  });
  expect(second.router).toBe(first.router);
  const after = await canary();
  expect(after).toMatchObject({ number: before.number, steps: 1 });
  expect(after.requests).toBeGreaterThanOrEqual(kept.requests);
  const later = await until('more evidence', async () => {
    const found = await canary();
    return found.requests > after.requests || found.steps !== 1 ? found : null;
  });
  expect(later).toMatchObject({ number: before.number, steps: 1, outcome: null });
  expect(seenBetween(killedAt, Date.now()).length).toBeGreaterThan(10);
  expect(seenBetween(0, Date.now()).filter(isLost)).toEqual([]);

  const routed = split();
  const routerKilledAt = Date.now();
  kill(second.router, 'SIGKILL');
  const third = await until('another router', async () => {
    const found = await pids();
    return found && found.router !== second.router ? found : null;
  });
  expect(third.controller).toBe(second.controller);
  expect(split()).toEqual(routed);
  expect(routed).toEqual([
    expect.objectContaining({ weight: 95 }),
    expect.objectContaining({ slot: 'canary', weight: 5 }),
  ]);
  const servedAgain = await until('an answer of the new router', () =>
    traffic.exchanges.find(({ sentAt, status }) => sentAt > routerKilledAt && status === 200),
  );

  const done = await until('the end of the rollout', async () => (await state()).rollout?.outcome, { limit: 180_000 });
  expect(done).toMatchObject({ result: 'done' });
  const { rollout, stable } = await state();
  expect(rollout?.number).toBe(before.number);
  expect(stable?.configuration).toBe('next');
  const outside = traffic.exchanges.filter(
    ({ sentAt, endedAt }) => endedAt < routerKilledAt || sentAt > servedAgain.endedAt,
  );
  expect(outside.filter(isLost)).toEqual([]);
  expect(outside.at(-1)?.release).toBe('next');

  // whoever comes back finds it done
  const again = await nx(workspace.root, 'app:deploy-prod:next');
  expect(again.text).toContain('is live in production already, nothing to do');
  expect(again.code).toBe(0);
});
