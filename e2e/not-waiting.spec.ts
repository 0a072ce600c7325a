import { z } from 'zod';
import { nx, start, type Ended } from './support/nx';
import { until } from './support/until';
import { cloneWorkspace, type Workspace } from './support/workspace';

jest.setTimeout(300_000);

let workspace: Workspace;
const settings = 'examples/app/sluice.json';

beforeAll(async () => {
  workspace = await cloneWorkspace({
    readiness: { targets: [], allowNoTests: true, minScore: 0 },
    load: { warmup: '0s', duration: '1s' },
    staging: { soak: '15s' },
  });
  const given = z.record(z.string(), z.unknown()).parse(JSON.parse(workspace.read(settings)));
  workspace.write(settings, `${JSON.stringify({ ...given, wait: false }, null, 2)}\n`);
  workspace.commit('Nobody waits');
});
afterAll(() => workspace.dispose());

const sluice = (...args: string[]): Promise<Ended> =>
  start(workspace.path('examples/app'), process.execPath, [workspace.path('packages/nx/bin/sluice.js'), ...args]).ended;
const statusSchema = z.object({
  environments: z.tuple([z.object({ outcome: z.string(), retryAt: z.iso.datetime() })]),
});

it('leaves staging to the host, says when to come back, and goes through once it is done', async () => {
  const first = await nx(workspace.root, 'app:deploy-staging');
  expect(first.text).toMatch(/ROLLOUT_WAITING: staging of app is under way: .*\n.*nx run app:deploy-staging/);
  expect(first.code).not.toBe(0);

  const { text } = await sluice('status', 'app', '--environment', 'staging', '--json');
  const [{ outcome, retryAt }] = statusSchema.parse(JSON.parse(text)).environments;
  expect(outcome).toBe('running');
  expect(Date.parse(retryAt)).toBeGreaterThan(Date.now() - 15_000);
  expect(await sluice('status', 'app', '--environment', 'staging', '--exit-code')).toMatchObject({ code: 4 });

  await until('staging to be done', async () => {
    const { code } = await sluice('status', 'app', '--environment', 'staging', '--exit-code');
    return code === 0;
  });
  const second = await nx(workspace.root, 'app:deploy-staging');
  expect(second.text).toContain('staging passed');
  expect(second.code).toBe(0);
});
