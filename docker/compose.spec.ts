import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectivityCheck } from '@sluice/adapters/checks';
import { until } from '../e2e/support/until';
import { containersOf, networksOf, statesOf, takeDown } from './support/engine';
import {
  bringUp,
  composeProject,
  fileOf,
  healthcheck,
  removeProjects,
  service,
  writeComposeFile,
  type Place,
} from './support/project';

jest.setTimeout(120_000); // containers start slowly where the machine is busy

let place: Place;
afterEach(() => takeDown(place, { volumes: true }));
afterAll(removeProjects);

const db = service('db', { ...healthcheck('ask'), networks: ['back'] });
const cache = service('cache', { ports: ['127.0.0.1:16379:6379'], networks: ['front', 'back'] });
const app = { build: './unbuildable', depends_on: ['db'], networks: ['front', 'back'] };
const around = {
  db,
  cache,
  migrate: service('migrate', { depends_on: { db: { condition: 'service_healthy' } }, networks: ['back'] }),
  proxy: service('idle', { depends_on: ['web'], networks: ['front'] }),
};
const networks = { networks: { front: {}, back: {} } };
const whole = () => composeProject({ ...around, web: app }, networks);

describe('what is around the app', () => {
  it('is brought up and healthy, without the app, also where others depend on that', async () => {
    place = whole();
    const { outcome, around: found } = await bringUp(place, { app: ['web'] });
    const { name } = await fileOf(place);
    expect(outcome).toMatchObject({
      status: 'pass',
      reason:
        '4 services: cache running, db healthy, migrate done, proxy running; started cache, started db, started migrate, started proxy',
    });
    expect(await statesOf(name)).toEqual({ cache: 'running', db: 'running', migrate: 'exited', proxy: 'running' });
    expect(await networksOf(name)).toEqual(['back', 'front']);
    const evidence = await found.evidence();
    const image = (await containersOf(name))[0]?.ImageID;
    expect(evidence).toMatchObject({
      ...{ 'service db': 'healthy', 'service cache': 'running', 'service migrate': 'done', 'image db': image },
      [`network ${name}_front`]: expect.stringMatching(/^[\da-f]{64}$/) as string,
    });
  });

  it('is left as it is by a second run, which says so, from another worktree too', async () => {
    place = whole();
    await bringUp(place, { app: ['web'] });
    const { name } = await fileOf(place);
    const before = (await containersOf(name)).map(({ Id, Status: _Status, State }) => [Id, State]);
    const { outcome, said } = await bringUp(place, { app: ['web'] });
    expect(outcome).toMatchObject({ status: 'pass', figures: { changed: 0 } });
    expect(outcome.reason).toMatch(/; nothing was changed$/);
    expect(said).toEqual([]);
    expect((await containersOf(name)).map(({ Id, State }) => [Id, State])).toEqual(before);
  });

  it('answers inside its network where it publishes nothing', async () => {
    place = whole();
    const { around: found } = await bringUp(place, { app: ['web'] });
    const look = (url: string) =>
      found
        .addresses()
        .then((inside) =>
          connectivityCheck(inside).run(
            { services: [{ name: 'it', url, critical: true, timeout: 2_000, from: 'compose' }] },
            new AbortController().signal,
          ),
        );
    expect(await look('tcp://db:5432')).toMatchObject({ status: 'pass' });
    expect(await look('redis://cache')).toMatchObject({ status: 'pass' });
    expect(await look('postgres://db')).toMatchObject({
      status: 'fail',
      reason: 'it (postgres://db): what answers is no PostgreSQL',
    });
    expect(await look('tcp://db:5433')).toMatchObject({ status: 'fail' });
    expect(await look('tcp://web:80')).toMatchObject({
      status: 'fail',
      reason: 'it (tcp://web:80): no container of a service "web" runs',
    });
  });

  it('follows the file: what changed is made anew, what left it goes, the rest stays', async () => {
    place = composeProject({ db: service('db'), old: service('idle'), cache: service('cache') });
    await bringUp(place);
    const { name } = await fileOf(place);
    writeComposeFile(place, { db: service('db'), cache: service('cache', { environment: { SIZE: '2' } }) });
    const { outcome } = await bringUp(place);
    expect(outcome.reason).toBe('2 services: cache running, db running; started cache, removed old');
    expect(Object.keys(await statesOf(name)).sort()).toEqual(['cache', 'db']);
  });

  it('builds, and replaces what runs from an older image', async () => {
    place = composeProject({ built: service('built', { image: undefined, build: './image' }) });
    writeImage(place, 'one');
    await bringUp(place);
    expect((await bringUp(place)).outcome.figures).toMatchObject({ changed: 0 });
    writeImage(place, 'two');
    const { outcome, around: found } = await bringUp(place);
    expect(outcome).toMatchObject({ status: 'pass', figures: { changed: 1 } });
    expect(await found.logs(50)).toEqual([{ service: 'built', lines: ['built begins', 'two'] }]);
  });

  it('is mended by the next run after one that was killed halfway', async () => {
    place = composeProject({ db, cache, migrate: around.migrate }, networks);
    const file = await fileOf(place);
    const halfway = spawn('docker-compose', ['-p', file.name, '-f', file.path, 'up', '-d'], { stdio: 'ignore' });
    await until('the first container', async () => (await containersOf(file.name)).length > 0, { every: 5 });
    halfway.kill('SIGKILL');
    await once(halfway, 'close');
    expect((await bringUp(place)).outcome).toMatchObject({ status: 'pass' });
  });
});

function writeImage({ folder }: Place, text: string): void {
  const image = join(folder, 'image');
  mkdirSync(image, { recursive: true });
  writeFileSync(join(image, 'Dockerfile'), 'FROM sluice-node:test\nCOPY text.js /text.js\n');
  writeFileSync(join(image, 'text.js'), `module.exports = '${text}';`);
}

describe('what is not well', () => {
  it('is named with its last lines when it is unhealthy', async () => {
    place = composeProject({ sick: service('idle', healthcheck('sick')), db: service('db') });
    const { outcome, said } = await bringUp(place);
    expect(outcome).toMatchObject({ status: 'fail', reason: 'sick: unhealthy', figures: { services: 2 } });
    expect(outcome.findings.map(({ message }) => message)).toEqual(['sick: unhealthy\n  idle begins']);
    expect(said.join('\n')).toMatch(/waiting for sick: starting \(\d+ s\)/);
  });

  it('is named with its last lines when it ended', async () => {
    place = composeProject({ broken: service('broken') });
    const { outcome } = await bringUp(place);
    expect(outcome).toMatchObject({ status: 'fail', reason: 'broken: exited with code 1' });
    expect(outcome.findings[0]?.message).toBe('broken: exited with code 1\n  broken begins\n  no such column');
  });

  it('is one that ends again and again, however often it is started', async () => {
    place = composeProject({ broken: service('broken', { restart: 'always' }) });
    const { outcome } = await bringUp(place, { timeout: 10_000 });
    expect(outcome).toMatchObject({
      status: 'fail',
      reason: expect.stringMatching(/broken: (restarting after|exited with|running for)/) as string,
    });
  });

  it('is a published port behind which nothing listens', async () => {
    place = composeProject({ deaf: service('idle', { ports: ['127.0.0.1:16380:80'] }) });
    const { outcome } = await bringUp(place, { timeout: 20_000 });
    expect(outcome).toMatchObject({
      status: 'fail',
      reason: 'deaf: nothing listens on its port 80, published as 16380',
    });
  });

  it('is one that publishes a port and ended, though with 0', async () => {
    place = composeProject({ gone: service('migrate', { ports: ['127.0.0.1:16381:80'] }) });
    expect((await bringUp(place)).outcome).toMatchObject({
      status: 'fail',
      reason: 'gone: exited with code 0',
    });
  });

  it('is what Compose refuses, in its own words', async () => {
    place = composeProject({ lost: service('idle', { image: 'localhost:1/nowhere:1' }) });
    const { outcome } = await bringUp(place);
    expect(outcome.status).toBe('fail');
    expect(outcome.reason).toMatch(/^compose up ended with exit code \d+\n[^]*lost/);
  });
});

it('is waited for no longer than wanted, and the wait can be ended', async () => {
  place = composeProject({ slow: service('idle', healthcheck('idle')) });
  expect((await bringUp(place, { timeout: 10_000 })).outcome).toMatchObject({
    status: 'fail',
    reason: expect.stringMatching(/slow: starting$/) as string,
  });
  const stop = new AbortController();
  const run = bringUp(place, { signal: stop.signal });
  stop.abort(new Error('stopped by hand'));
  await expect(run).rejects.toThrow('stopped by hand');
});
