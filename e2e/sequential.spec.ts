import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { nx, start, type Ended } from './support/nx';
import { cloneWorkspace, type Workspace } from './support/workspace';

jest.setTimeout(300_000);

/** Real traffic through the real router, judged by the method that is the default; the order of the tests is that of the releases. */
let workspace: Workspace;

const settings = 'examples/app/sluice.json';
const users = { canary: { synthetic: { rate: 200, requests: [{ path: '/' }, { path: '/api/quote?items=3' }] } } };
const record = z.record(z.string(), z.unknown());

beforeAll(async () => {
  workspace = await cloneWorkspace({
    readiness: { targets: [], allowNoTests: true, minScore: 0 },
    load: { warmup: '0s', duration: '1s' },
    performance: { rate: 1, p95: '2s' },
    staging: { soak: '1s' },
    production: { steps: [100], stepDuration: '2s' },
  });
  const { configurations, ...given } = record.parse(JSON.parse(workspace.read(settings)));
  const canary = {
    ...{ traffic: 50, interval: '1s', duration: '5s', maxDuration: '10m' },
    errors: { promote: { absolute: 0.01 } },
    latency: { abort: { ratio: 1.5 }, promote: { ratio: 2 } },
  };
  const variants = Object.fromEntries(
    Object.entries(record.parse(configurations)).map(([name, variant]) => [
      name,
      { ...record.parse(variant), ...users },
    ]),
  );
  const idle = { runtime: { env: { RELEASE_NAME: 'idle' } }, canary: { maxDuration: '8s', noData: '5s' } };
  const changed = { ...given, canary, configurations: { ...variants, idle } };
  workspace.write(settings, `${JSON.stringify(changed, null, 2)}\n`);
  workspace.commit('Judged by what is the default');
  expect((await nx(workspace.root, 'app:deploy-prod')).text).toContain('canary skipped');
});
afterAll(() => workspace.dispose());

const report = () => readFileSync(workspace.path('worktrees/phase-6-task-1/.taskmaster/DEPLOYMENT_REPORT.md'), 'utf8');
const sluice = (...args: string[]): Promise<Ended> =>
  start(workspace.path('examples/app'), process.execPath, [workspace.path('packages/nx/bin/sluice.js'), ...args]).ended;

it.each([
  [
    'broken-errors',
    /rolled-back: error rate \d+\.\d+ % is above its limit .* requests to the canary.*evidence \d+ to 1/,
  ],
  [
    'broken-latency',
    /rolled-back: latency p\d+ \d+\.\d ms is above its limit .* times the baseline's.*evidence \d+ to 1/,
  ],
])('takes %s back, and says which figure spoke against it, by how much', async (configuration, figure) => {
  const { code, text } = await nx(workspace.root, `app:deploy-prod:${configuration}`);
  expect(text).toMatch(figure);
  expect(code).not.toBe(0);
  expect(report()).toMatch(/\*\*Rolled back/);
});

it('promotes a healthy release long before its patience is over', async () => {
  const { code, text } = await nx(workspace.root, 'app:deploy-prod:next');
  expect(text).toMatch(/gate +passed: errors and latency are within their margins/);
  expect(code).toBe(0);
});

it('holds a release that nobody uses, until a person lets it go on', async () => {
  const { code, text } = await nx(workspace.root, 'app:deploy-prod:idle');
  expect(text).toMatch(
    /ROLLOUT_HELD: production is held with 50 % .*: no conclusion within 8s; no data: the canary and the baseline/,
  );
  expect(code).not.toBe(0);
  expect((await sluice('status', 'app')).text).toContain('held');
  expect(await sluice('status', 'app', '--exit-code')).toMatchObject({ code: 4 });

  const again = await nx(workspace.root, 'app:deploy-prod:idle');
  expect(again.text).toContain('ROLLOUT_HELD');

  expect(await sluice('promote', 'app', '--reason', 'closed at night')).toMatchObject({ code: 0 });
  const through = await nx(workspace.root, 'app:deploy-prod:idle');
  expect(through.code).toBe(0);
  expect(report()).toMatch(/canary 50 %, inconclusive: let through by .*: closed at night; no data/);
});
