import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonIn, nx, start, type Ended } from './support/nx';
import { commandsOf, instancesOf, isRunning, processesOf } from './support/processes';
import { isLost, releaseAt, startTraffic, type Exchange } from './support/traffic';
import { until } from './support/until';
import { cloneWorkspace, type Workspace } from './support/workspace';

jest.setTimeout(480_000);

const refSchema = z.object({ id: z.string(), configuration: z.string().nullable() });
const statusSchema = z.object({
  environments: z.array(
    z.object({
      environment: z.string(),
      outcome: z.string(),
      releases: z.object({ stable: refSchema.nullable(), previous: refSchema.nullable() }),
      split: z.array(z.object({ slot: z.string(), weight: z.number() })),
      refused: z.array(z.object({ release: z.string() })),
    }),
  ),
});
const historySchema = z.array(
  z.object({ environment: z.string(), release: z.string(), what: z.string(), detail: z.string() }),
);

let workspace: Workspace;
let demo: Ended;
let exchanges: readonly Exchange[];
/** Every completion signal that was there while the demo ran, in order. */
const signals: string[] = [];

const worktreeFile = (name: string) => workspace.path('worktrees/phase-6-task-1', name);
const signalPlaces = () => [worktreeFile('.taskmaster/.signals/phase6-complete.json'), mainSignal()];
const mainSignal = () => workspace.path('.taskmaster/.signals/phase6-complete.json');

async function production() {
  const { text } = await nx(workspace.root, 'app:deploy-status', '--json');
  const found = statusSchema.parse(jsonIn(text)).environments.find(({ environment }) => environment === 'production');
  if (!found) throw new Error(`no production in:\n${text}`);
  return found;
}

beforeAll(async () => {
  workspace = await cloneWorkspace();
  const running = start(workspace.root, 'npm', ['run', 'demo']);
  let isOver = false;
  const watching = until(
    'the demo to end',
    () => {
      const text = existsSync(mainSignal()) ? readFileSync(mainSignal(), 'utf8') : null;
      if (text !== null && text !== signals.at(-1)) signals.push(text);
      return isOver;
    },
    { limit: 420_000 },
  );
  const ended = running.ended.finally(() => (isOver = true));
  await until('the first release to serve', async () => isOver || (await releaseAt(workspace.url)) !== null, {
    limit: 240_000,
  });
  const traffic = startTraffic(workspace.url);
  demo = await ended;
  exchanges = await traffic.stop();
  await watching;
});

afterAll(() => workspace.dispose());

describe('npm run demo', () => {
  it('deploys, promotes, rolls back, and says so', () => {
    expect(demo).toMatchObject({ code: 0 });
    for (const line of [
      'ok: the first release went to production',
      'ok: next passed its canary and has all the traffic',
      'ok: broken-errors was rolled back',
      'ok: next has all the traffic again',
      'ok: no release but broken-errors failed a request',
      `Look: curl -i ${workspace.url}/`,
      'Stop: npx nx run app:deploy-down',
    ]) {
      expect(demo.text).toContain(line);
    }
    expect(demo.text).not.toContain('NOT SO');
    expect(demo.text).toMatch(/Requests: [1-9]\d+ sent; answered by release: .*[1-9]\d* next.*; failed: /);
  });

  it('runs every stage in order and each once', () => {
    const first = demo.text.slice(0, demo.text.indexOf('$ nx run app:deploy-prod:next'));
    expect([...first.matchAll(/^> nx run app:(deploy-[a-z]+)/gm)].map(([, target]) => target)).toEqual([
      'deploy-worktree',
      'deploy-build',
      ...['deploy-security', 'deploy-load', 'deploy-performance'],
      'deploy-infra',
      'deploy-readiness',
      'deploy-staging',
      'deploy-canary',
      'deploy-prod',
    ]);
    expect(first).toContain('canary skipped');
  });

  it('loses no request but those that the bad release answers itself', () => {
    expect(exchanges.length).toBeGreaterThan(200);
    const lost = exchanges.filter(isLost);
    expect(
      lost.filter(({ release, status }) => release !== 'broken-errors' || status === null || status < 500),
    ).toEqual([]);
    expect(lost.length).toBeLessThan(exchanges.length / 50);
  });

  it('moves users from the first release to the next one, step by step', () => {
    const releases = exchanges.map(({ release }) => release);
    // The canary gets one request in twenty, and for seconds only: this test's own few requests may all go past it.
    const others = releases.filter((release) => release !== 'broken-errors');
    expect([...new Set(others)]).toEqual(['first', 'next']);
    expect(demo.text).toMatch(/Requests: .*[1-9]\d* broken-errors/);
    expect(releases.at(-1)).toBe('next');
    const between = releases.slice(releases.indexOf('next'), releases.lastIndexOf('first'));
    expect(between.filter((release) => release === 'first').length).toBeGreaterThan(between.length / 4);
  });

  it('signals each completion, and not that of a release that was rolled back', () => {
    const releases = signals.map((text) => z.object({ release: z.string() }).parse(JSON.parse(text)).release);
    expect(new Set(releases).size).toBe(2); // first and next
    const signal: unknown = JSON.parse(signals.at(-1) ?? '');
    expect(Object.keys(z.looseObject({}).parse(signal)).slice(0, 5)).toEqual([
      ...['phase', 'status', 'summary', 'pipeline_complete', 'completed_at'],
    ]);
    expect(signal).toMatchObject({
      phase: 6,
      status: 'success',
      summary: { deployed_to: 'production', traffic: 100, health: 'green', rollbacks: 0 },
      pipeline_complete: true,
    });
    expect(signals.at(-1)).toMatch(/"completed_at": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/);
    expect(signalPlaces().filter(existsSync)).toEqual([]);
  });

  it('reports the rollback with its numbers, and logs what it did', () => {
    const report = readFileSync(worktreeFile('.taskmaster/DEPLOYMENT_REPORT.md'), 'utf8');
    expect(report).toContain('# Deployment of app');
    expect(report).toMatch(/\*\*Rolled back/);
    expect(report).toMatch(/error rate \d+\.\d+ % is above its limit/);
    const logOf = (name: string) => readFileSync(worktreeFile(`logs/deployment-${name}.log`), 'utf8');
    expect(logOf('staging')).toMatch(/done +broken-errors/);
    expect(logOf('canary')).toMatch(/rolled-back error rate/);
    expect(logOf('production')).toMatch(/done +next/);
  });

  it('leaves next serving, the bad release refused', async () => {
    const { outcome, releases, split, refused } = await production();
    expect(outcome).toBe('rolled-back');
    expect(releases.stable?.configuration).toBe('next');
    expect(split).toEqual([expect.objectContaining({ slot: 'stable', weight: 100 })]);
    expect(refused).toHaveLength(1);
    const again = await nx(workspace.root, 'app:deploy-prod:broken-errors');
    expect(again.code).not.toBe(0);
    expect(again.text).toContain('RELEASE_REFUSED');
  });

  it('keeps a history of all of it', async () => {
    const { text } = await nx(workspace.root, 'app:deploy-history', '--json', '--environment=production');
    const history = historySchema.parse(jsonIn(text));
    expect(history.filter(({ what }) => what === 'deploy')).toHaveLength(3);
    const told = history.map(({ what, detail }) => `${what}: ${detail}`).join('\n');
    for (const share of [5, 10, 50, 100])
      expect(told).toMatch(new RegExp(`traffic: next .* gets ${share} % of traffic`));
    expect(told).toMatch(/rolled-back: error rate/);
  });
});

describe('afterwards', () => {
  it('deploys a release that is live by saying so, with the pure stages from the cache', async () => {
    const { code, text } = await nx(workspace.root, 'app:deploy-prod:next');
    expect(text).toContain('is live in production already, nothing to do');
    for (const stage of ['build', 'security', 'load', 'performance']) {
      expect(text).toMatch(new RegExp(`> nx run app:deploy-${stage}:next +\\[[^\\]]*cache`));
    }
    expect(code).toBe(0);
  });

  it('plans without changing anything', async () => {
    const before = contents();
    const { code, text } = await nx(workspace.root, 'app:deploy-plan');
    expect(code).toBe(0);
    expect(text).toContain('canary');
    expect(contents()).toEqual(before);
    expect(workspace.git('status', '--porcelain')).toBe('');
  });

  it('refuses an option that would not reach the stages before', async () => {
    const before = contents();
    const { code, text } = await nx(workspace.root, 'app:deploy-prod', '--dryRun');
    expect(code).not.toBe(0);
    expect(text).toContain('OPTION_REFUSED');
    expect(text).toContain('nx run app:deploy-plan');
    expect(contents()).toEqual(before);
  });

  it('goes back to the release before, without losing a request', async () => {
    const traffic = startTraffic(workspace.url);
    await until('traffic', () => traffic.exchanges.length > 10);
    const { code, text } = await nx(workspace.root, 'app:deploy-rollback', '--reason=we want to see it');
    await until('the first release to answer', () => traffic.exchanges.at(-1)?.release === 'first');
    const all = await traffic.stop();
    expect(text).toContain('production is at');
    expect(code).toBe(0);
    expect(all.filter(isLost)).toEqual([]);
    const { releases, outcome } = await production();
    expect(releases.stable?.configuration).toBeNull();
    expect(outcome).toBe('done');
  });

  it('stops everything', async () => {
    const instances = instancesOf(workspace.root);
    expect(instances).not.toEqual([]);
    const { code, text } = await nx(workspace.root, 'app:deploy-down');
    expect(text).toContain('the host has ended');
    expect(code).toBe(0);
    await until('every process to end', () => processesOf(workspace.root).length === 0).catch(() => undefined);
    expect(commandsOf(processesOf(workspace.root))).toEqual([]);
    expect(instances.filter(isRunning)).toEqual([]);
    expect(await releaseAt(workspace.url)).toBeNull();
  });
});

/** Digests of what a run would change: state, audit log, receipts, releases. */
function contents(): Record<string, string> {
  const folder = workspace.path('.sluice');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.startsWith('host') && statSync(join(folder, name)).isFile(),
  );
  return Object.fromEntries(
    files.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}
