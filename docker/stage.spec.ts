import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aStateIn, phases } from '@sluice/core/testing';
import { down } from '../packages/nx/src/acts/down';
import { infra } from '../packages/nx/src/stages/infra';
import { fakeHost, type FakeHost } from '../packages/nx/src/testing/fake-host';
import { scratchRepository } from '../packages/nx/src/testing/repository';
import { aContext, aStageRun } from '../packages/nx/src/testing/stage-run';
import { removeWorkspaces } from '../packages/nx/src/testing/workspace';
import { networksOf, statesOf, volumesOf } from './support/engine';
import { composeText, programText, service } from './support/project';

jest.setTimeout(120_000); // containers start slowly where the machine is busy

let host: FakeHost;
let run: Awaited<ReturnType<typeof aStageRun>>['run'];

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 18080 }, production: { port: 18081 } },
  infra: { timeout: '60s', compose: { app: 'web' } },
  services: [
    { name: 'cache', url: 'redis://127.0.0.1:16390' },
    { name: 'database', url: 'tcp://db:5432', from: 'compose' },
  ],
};
const compose = composeText(
  {
    db: service('db', { volumes: ['./srv:/srv:ro', 'data:/data'] }),
    cache: service('cache', { ports: ['127.0.0.1:16390:6379'] }),
    web: service('idle', { depends_on: ['db'] }),
  },
  { volumes: { data: {} } },
);

beforeAll(async () => {
  const root = scratchRepository({
    'app/sluice.json': settings,
    'app/compose.yaml': compose,
    'app/srv/program.js': programText,
  });
  const dark = () => aStateIn(phases.over, { stable: null });
  const places = ['staging', 'production'].flatMap((name) => [`GET /states/app/${name}`, `GET /events/app/${name}`]);
  host = await fakeHost(root, {
    ...Object.fromEntries(places.map((place) => [place, dark])),
    'GET /status/app': () => ({ environments: [] }),
    'POST /downs': () => ({ how: 'ending' }),
    'POST /close': () => ({ closing: true }),
  });
  ({ run } = await aStageRun(root, settings, aContext(root, 'deploy-infra')));
  cpSync(join(root, 'app'), join(run.worktree, 'app'), { recursive: true });
});
afterAll(async () => {
  await down(run, { volumes: true }, () => undefined).catch(() => undefined);
  await host.close();
  removeWorkspaces();
});

it('runs in a network namespace of its own, where nobody else can be reached', async () => {
  const route = readFileSync('/proc/self/net/route', 'utf8');
  expect(route.split('\n').filter((line) => line.split('\t')[1] === '00000000')).toEqual([]);
});

describe('the infrastructure stage with a Compose file', () => {
  it('leaves images, networks and health as evidence, and the last lines in the log', async () => {
    const result = await infra(run);
    expect(result.checks?.map(({ check, status, reason }) => [check, status, reason])).toEqual([
      ['host', expect.stringMatching(/pass|warn/), expect.anything()],
      ['containers', 'pass', '2 services: cache running, db running; started cache, started db'],
      ['inside', 'pass', '1 service answered'],
      ['connectivity', 'pass', '1 service answered'],
    ]);
    expect(result.produced).toMatchObject({
      'service db': 'running',
      'image db': expect.stringMatching(/^sha256:/) as string,
    });
    expect(Object.keys(result.produced ?? {})).toContainEqual(
      expect.stringMatching(/^network sluice-app-[\da-f]{8}_default$/),
    );
    const log = readFileSync(join(run.worktree, 'logs/deployment-infra.log'), 'utf8');
    expect(log).toMatch(/db, its last 1 lines\n {4}db begins\n/);
  });

  it('changes nothing the second time', async () => {
    const result = await infra(run);
    expect(result.checks?.[1]).toMatchObject({ status: 'pass', figures: { changed: 0 } });
  });

  it('is no pass when a service that is inside does not answer any more', async () => {
    const broken = { ...run.config, services: run.config.services.map((each) => ({ ...each, url: 'tcp://nobody:1' })) };
    const result = await infra({ ...run, config: { ...broken, infra: { ...broken.infra, timeout: 1_000 } } });
    expect(result).toMatchObject({ verdict: 'fail' });
    expect(result.reasons.join()).toContain(
      'inside: database (tcp://nobody:1): no container of a service "nobody" runs',
    );
  });
});

describe('deploy-down', () => {
  it('says what it removes, and leaves the volume', async () => {
    const name =
      Object.keys((await infra(run)).produced ?? {})
        .find((key) => key.startsWith('network'))
        ?.slice(8, -8) ?? '';
    const lines: string[] = [];
    expect(await down(run, {}, (line) => void lines.push(line))).toBe(true);
    expect(lines.join('\n')).toMatch(/out of service in production\n[^]*app\/compose.yaml: removing sluice-app-/);
    expect(lines.join('\n')).toContain(`--volumes would remove ${name}_data too`);
    expect(await statesOf(name)).toEqual({});
    expect(await networksOf(name)).toEqual([]);
    expect(await volumesOf(name)).toEqual(['data']);
  });
});
