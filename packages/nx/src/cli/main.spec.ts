import { join } from 'node:path';
import { statusReport, z, type EnvironmentState } from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { aState, aStateIn, phases } from '@sluice/core/testing';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { git, scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { main } from './main';

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
};

type Outcome = NonNullable<NonNullable<EnvironmentState['rollout']>['outcome']>;

let root: string;
let host: FakeHost | undefined;
beforeEach(() => {
  root = scratchRepository({
    'services/app/project.json': { name: 'app' },
    'services/app/sluice.json': settings,
    'services/app/src/main.js': '',
    'libs/web/package.json': { name: '@acme/web' },
    'libs/web/sluice.json': settings,
    'libs/other/project.json': { name: 'other' },
  });
});
afterEach(async () => {
  await host?.close();
  host = undefined;
});
afterAll(removeWorkspaces);

/** Runs the bin; what it said and what it ended with. */
async function sluice(line: string, cwd = root) {
  const said: string[] = [];
  const warned: string[] = [];
  const desk = {
    cwd,
    say: (text: string) => void said.push(text),
    warn: (text: string) => void warned.push(text),
    confirm: null,
  };
  const code = await main(line.split(' ').filter(Boolean), desk);
  return { code, said: said.join('\n'), warned: warned.join('\n') };
}

const production = (state: EnvironmentState | null, project = 'app') =>
  statusReport({ project, now: 60_000, environments: [{ environment: 'production', state, live: null }] });

describe('sluice status', () => {
  it('prints what the host says of a project, as JSON too', async () => {
    host = await fakeHost(root, { 'GET /status/app': () => production(aStateIn(phases.watching)) });
    const { code, said } = await sluice('status app');
    expect(said).toContain('production  running');
    expect(code).toBe(0);
    const { said: json } = await sluice('status app --json');
    expect(JSON.parse(json)).toMatchObject({ project: 'app', environments: [{ outcome: 'running' }] });
  });

  it('prints every project without a name', async () => {
    host = await fakeHost(root, {
      'GET /status/app': () => production(aStateIn(phases.watching)),
      'GET /status/@acme/web': () => production(null, '@acme/web'),
    });
    const { said } = await sluice('status --json');
    expect(JSON.parse(said)).toMatchObject([{ project: '@acme/web' }, { project: 'app' }]);
  });

  it('reads the files where no host runs, in a subfolder and in a worktree too', async () => {
    git(root, 'worktree', 'add', '--quiet', 'worktrees/phase-6-task-1');
    for (const cwd of [root, join(root, 'services/app/src'), join(root, 'worktrees/phase-6-task-1/libs')]) {
      const { code, said } = await sluice('status app', cwd);
      expect(said).toContain('production  none         nothing is in service');
      expect(code).toBe(0);
    }
  });

  it('asks the host of the main checkout when it is started in a worktree', async () => {
    host = await fakeHost(root, { 'GET /status/app': () => production(aStateIn(phases.watching)) });
    git(root, 'worktree', 'add', '--quiet', 'worktrees/phase-6-task-1');
    const { said } = await sluice('status app', join(root, 'worktrees/phase-6-task-1'));
    expect(said).toContain('production  running');
  });

  it('sees a sluice.json that is not committed yet, and not one that is gone', async () => {
    git(root, 'mv', 'libs/web/sluice.json', 'libs/other/sluice.json');
    expect(await sluice('status other')).toMatchObject({ code: 0 });
    expect(await sluice('status @acme/web')).toMatchObject({ code: 2 });
  });

  const ended = (result: Outcome['result']): EnvironmentState => {
    const state = aStateIn(phases.over);
    const outcome: Outcome = { result, reason: 'so it came', at: 0, cause: 'release' };
    return { ...state, rollout: state.rollout && { ...state.rollout, outcome } };
  };

  it.each([
    [0, 'that is done', ended('done')],
    [1, 'that failed', ended('failed')],
    [1, 'without any', aState({ stable: null })],
    [3, 'that was rolled back', ended('rolled-back')],
    [4, 'that is under way', aStateIn(phases.watching)],
  ])('ends with %d after a rollout %s, but only with --exit-code', async (wanted, _how, state) => {
    host = await fakeHost(root, { 'GET /status/app': () => production(state) });
    expect(await sluice('status app')).toMatchObject({ code: 0 });
    expect(await sluice('status app --exit-code')).toMatchObject({ code: wanted });
  });

  it('ends with 5 where something should be live and no host serves it', async () => {
    await createStateStore(root).save(ended('done'));
    expect(await sluice('status app --exit-code')).toMatchObject({ code: 5 });
  });
});

describe('sluice', () => {
  it('plans without a host', async () => {
    const { code, said } = await sluice('plan app');
    expect(said).toContain('production');
    expect(code).toBe(0);
    const { said: eu } = await sluice('plan app --configuration immediate --json');
    expect(JSON.parse(eu)).toMatchObject({ project: 'app' });
  });

  it('prints the history of one project and of all, where there is none yet', async () => {
    expect(await sluice('history --json')).toEqual({ code: 0, said: '[]', warned: '' });
    expect(await sluice('history app --json --environment production')).toEqual({ code: 0, said: '[]', warned: '' });
  });

  it('hands a rollback to the host, with who and why', async () => {
    host = await fakeHost(root, {
      'GET /states/app/production': () => aState(),
      'POST /rollbacks': () => ({ how: 'live' }),
    });
    const { code, said } = await sluice('rollback app --to 1a2b3c --reason slow');
    expect(said).toContain('nothing to do');
    expect(code).toBe(0);
    expect(host.asked).toContainEqual({
      call: 'POST /rollbacks',
      body: {
        ...{ project: 'app', environment: 'production', to: '1a2b3c', reason: 'slow' },
        by: 'Dana <dana@example.com>',
      },
    });
  });

  it('hands over that a release may be deployed once more', async () => {
    const refused = [{ release: '1a2b3c', reason: 'errors', at: 0 }];
    host = await fakeHost(root, {
      'GET /states/app/production': () => aState({ refused }),
      'POST /permits': () => ({ how: 'done' }),
    });
    const { code, said } = await sluice('retry app --reason mended');
    expect(said).toContain('nx run app:deploy-prod');
    expect(code).toBe(0);
    expect(host.asked.at(-1)).toMatchObject({ body: { release: '1a2b3c', reason: 'mended' } });
  });

  it('takes nothing out of service where nothing runs', async () => {
    expect(await sluice('down app')).toEqual({ code: 0, said: 'nothing is running', warned: '' });
  });

  it('prints the header that sends requests to one slot, for a while', async () => {
    const { said } = await sluice('pin app --slot canary --for 30m --json');
    const { name, value, expires } = z
      .object({ name: z.string(), value: z.string(), expires: z.iso.datetime() })
      .parse(JSON.parse(said));
    const seconds = Date.parse(expires) / 1000;
    expect(name).toBe('x-sluice-slot');
    expect(value).toMatch(new RegExp(`^canary\\.${seconds}\\.[\\w-]{43}$`));
    expect(Math.abs(seconds - Date.now() / 1000 - 1800)).toBeLessThan(60);
    expect((await sluice('pin app --slot stable')).said).toMatch(/^x-sluice-slot: stable\.\d+\.[\w-]+$/);
  });

  it('has no host to restart where none runs', async () => {
    expect(await sluice('host restart')).toMatchObject({ code: 5, said: 'no host runs' });
  });

  it('shows the host and ends it, but not while something is live', async () => {
    expect(await sluice('host status')).toMatchObject({ code: 5 });
    expect(await sluice('host stop')).toMatchObject({ code: 0, said: 'no host runs' });
    let isLive = true;
    host = await fakeHost(root, { 'POST /close': () => ({ closing: !isLive }) });
    expect(await sluice('host status')).toMatchObject({
      code: 0,
      said: expect.stringContaining('router 4242') as string,
    });
    expect(JSON.parse((await sluice('host status --json')).said)).toMatchObject({ running: true, router: 4242 });
    expect(await sluice('host stop')).toMatchObject({
      code: 1,
      warned: expect.stringContaining('HOST_IN_USE') as string,
    });
    isLive = false;
    expect(await sluice('host stop')).toMatchObject({ code: 0, said: 'the host has ended' });
  });
});

describe('sluice, told nonsense,', () => {
  it.each([
    ['', 'Usage: sluice'],
    ['stauts', "unknown command 'stauts'"],
    ['status app --jsno', "unknown option '--jsno'"],
    ['status app --environment canary', 'staging, production'],
    ['status --exit-code', 'name the project'],
    ['history --limit many', '--limit'],
    ['retry app', '--reason'],
    ['pin app --slot canary --for ever', '--for: a duration'],
    ['pin app --slot canaries', '--slot'],
    ['pin app', '--slot'],
    ['plan', "missing required argument 'project'"],
    ['status nobody', 'PROJECT_UNKNOWN'],
    ['plan app --configuration nowhere', 'CONFIGURATION_UNKNOWN'],
  ])('says so and ends with 2: %s', async (line, words) => {
    const { code, warned } = await sluice(line);
    expect(warned).toContain(words);
    expect(code).toBe(2);
  });

  it('names the projects that there are', async () => {
    expect((await sluice('status nobody')).warned).toContain('Use one of: @acme/web, app.');
  });

  it('says what it can do, and what it ends with', async () => {
    const { code, said } = await sluice('--help');
    expect(said).toMatch(/status.*rollback.*host.*service.*Ends with.*rolled back/s);
    expect(code).toBe(0);
  });
});
