import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planDeploy, routerDefaults, type EnvironmentState, type Outcome, type Phase } from '@sluice/core';
import { aConfig, aPlan, aWorld, deploy, describeStateStoreContract } from '@sluice/core/testing';
import { stateFile } from './paths';
import { createStateStore } from './state';
import { rollout, sampleState } from './testing/sample-state';
import { errorOf, modeOf, plant, removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);

const fileIn = (root: string) => stateFile(root, '@acme/web', 'production');
const load = (root: string) => createStateStore(root).load('@acme/web', 'production');

describeStateStoreContract('the files state store', () => {
  const root = scratchFolder();
  return { store: createStateStore(root), reopen: () => createStateStore(root) };
});

const outcome: Outcome = { result: 'rolled-back', reason: 'errors', at: 1, cause: 'release' };
const workload = { project: 'web', environment: 'production', release: 'r' };
const phases: Phase[] = [
  { name: 'tidying', leftovers: [workload] },
  { name: 'proving' },
  { name: 'starting' },
  { name: 'trying' },
  { name: 'shifting', step: 1 },
  rollout.phase,
  { name: 'verifying', since: 1 },
  { name: 'settling' },
  { name: 'withdrawing', outcome },
  { name: 'clearing', outcome },
  { name: 'publishing', outcome },
  { name: 'cooling', until: 1 },
  { name: 'retiring' },
  { name: 'lowering', leftovers: [workload] },
  { name: 'dismantling', leftovers: [] },
  { name: 'over' },
];

describe('the state store', () => {
  it('is for its owner alone: addresses and requests in a plan may hold secrets', async () => {
    const root = scratchFolder();
    await createStateStore(root).save(sampleState);
    expect([modeOf(fileIn(root)), modeOf(dirname(fileIn(root)))]).toEqual([0o600, 0o700]);
  });

  it('has no state before the first save', async () => {
    expect(await load(scratchFolder())).toBeNull();
  });

  it.each(phases)('gives back what was saved while it is $name', async (phase) => {
    const root = scratchFolder();
    const state: EnvironmentState = { ...sampleState, rollout: { ...rollout, phase, outcome } };
    await createStateStore(root).save(state);
    expect(await load(root)).toEqual(state);
  });

  it.each(['sequential', 'mann-whitney'] as const)(
    'keeps the evidence of %s through a whole canary',
    async (method) => {
      const store = createStateStore(scratchFolder());
      const mannWhitney = { judgeEvery: '1m', confidence: 0.9 };
      const amounts = { free: { kind: 'gauge', worse: 'lower' }, rows: { kind: 'histogram', worse: 'lower' } } as const;
      const metrics = method === 'sequential' ? ({ misses: { kind: 'ratio' }, ...amounts } as const) : {};
      const config = aConfig({ canary: { method, metrics, mannWhitney, hard: { errorRateAbove: 1 } } });
      const { project, release, from, by, place } = aPlan();
      const plan = planDeploy(config, 'production', 'production', { project, release, from, by, place });
      const tells = {
        misses: { kind: 'ratio', rate: 0.1 },
        rows: { kind: 'histogram', median: 5, sigma: 1 },
        free: { kind: 'gauge', median: 5, sigma: 1 },
      } as const;
      const behaviour = { first: { tells }, next: { tells, errorRate: 0.2 } };
      const world = aWorld({ behaviour, keepStates: true });
      const { state } = await deploy(world, plan);
      expect(state.rollout?.outcome).toMatchObject({ result: 'rolled-back', cause: 'release' });
      const watched = world.sink.states().filter(({ rollout: own }) => own?.phase.name === 'watching');
      expect(watched.length).toBeGreaterThan(2);
      for (const one of watched) {
        await store.save(one);
        expect(await store.load(one.project, 'production')).toEqual(one);
      }
    },
  );

  it('gives back a state without a rollout', async () => {
    const root = scratchFolder();
    const state: EnvironmentState = { ...sampleState, stable: null, previous: null, rollout: null, outbox: [] };
    await createStateStore(root).save(state);
    expect(await load(root)).toEqual(state);
  });

  it('gives a plan and a state that are older than metrics of their own none', async () => {
    const { release, from, by, place, project } = aPlan();
    const plan = planDeploy(aConfig({ canary: { method: 'sequential' } }), 'production', 'production', {
      ...{ project, release, from, by, place },
    });
    const world = aWorld({ behaviour: { next: { errorRate: 0.2 } }, keepStates: true });
    await deploy(world, plan);
    const watched = world.sink.states().find(({ rollout: own }) => own?.phase.name === 'watching');
    if (!watched) throw new Error('nothing was watched');
    const root = plant(scratchFolder(), {
      '.sluice/state/production/app.json': JSON.stringify(watched).replaceAll('"metrics":{},', ''),
    });
    expect(JSON.stringify(watched).match(/"metrics":\{\},/g)).toHaveLength(2);
    expect(await createStateStore(root).load('app', 'production')).toEqual(watched);
  });

  it('gives a plan that is older than the settings of the router their defaults', async () => {
    const { router: _, ...plan } = rollout.plan;
    const older = JSON.stringify({ ...sampleState, rollout: { ...rollout, plan } });
    const root = plant(scratchFolder(), { '.sluice/state/production/@acme+web.json': older });
    expect((await load(root))?.rollout?.plan.router).toEqual(routerDefaults());
  });

  it('keeps the last of many saves, and nothing beside it', async () => {
    const root = scratchFolder();
    const store = createStateStore(root);
    const sequences = Array.from({ length: 20 }, (_, sequence) => sequence);
    await Promise.all(sequences.map((sequence) => store.save({ ...sampleState, sequence })));
    expect((await load(root))?.sequence).toBe(19);
    expect(readdirSync(dirname(fileIn(root)))).toEqual(['@acme+web.json']);
  });

  it('keeps projects and environments apart', async () => {
    const root = scratchFolder();
    const store = createStateStore(root);
    await store.save(sampleState);
    expect(await store.load('@acme/web', 'staging')).toBeNull();
    expect(await store.load('web', 'production')).toBeNull();
  });

  it('refuses to save what it could not read back, keeps the last good state and goes on', async () => {
    const root = scratchFolder();
    const store = createStateStore(root);
    await store.save(sampleState);
    expect(await errorOf(store.save({ ...sampleState, sequence: Number.NaN }))).toMatchObject({
      code: 'INTERNAL',
      message: containing('sequence'),
    });
    expect(await load(root)).toEqual(sampleState);
    await store.save({ ...sampleState, sequence: 18 });
    expect((await load(root))?.sequence).toBe(18);
  });

  const whole = JSON.stringify(sampleState);
  it.each([
    ['empty', '', 'empty'],
    ['cut off', whole.slice(0, 200), 'not JSON'],
    ['full of zeros', '\0'.repeat(100), 'not JSON'],
    ['not text', Buffer.from([0x7b, 0xff, 0x7d]), 'not valid'],
    ['a list', '[]', 'object'],
    ['null', 'null', 'object'],
    ['without a version', whole.replace('"version":1,', ''), 'version'],
    ['of an impossible version', whole.replace('"version":1', '"version":"1"'), 'version'],
    ['without a member', whole.replace('"generation":2,', ''), 'generation'],
    ['with a member too many', whole.replace('"version":1', '"version":1,"colour":"red"'), 'colour'],
    ['with an unknown phase', whole.replace('"watching"', '"dreaming"'), 'rollout.phase.name'],
    ['with a number as text', whole.replace('"sequence":17', '"sequence":"17"'), 'sequence'],
    ['of another project', whole.replace('"project":"@acme/web"', '"project":"other"'), 'state of other in production'],
  ])('names a file that is %s, and leaves it alone', async (_, content, problem) => {
    const root = scratchFolder();
    plant(root, { '.sluice/state/production/@acme+web.json': '' });
    writeFileSync(fileIn(root), content);
    const error = await errorOf(load(root));
    expect(error).toMatchObject({ code: 'STATE_CORRUPT', message: containing(fileIn(root)) });
    expect(error.message).toContain(problem);
    expect(readFileSync(fileIn(root))).toEqual(Buffer.from(content));
  });

  it('names a folder in the place of the file', async () => {
    const root = scratchFolder();
    mkdirSync(fileIn(root), { recursive: true });
    const refusal = { code: 'PATH_UNUSABLE', message: containing(`${fileIn(root)} can't be used: a folder is there`) };
    expect(await errorOf(load(root))).toMatchObject(refusal);
    expect(await errorOf(createStateStore(root).save(sampleState))).toMatchObject(refusal);
  });

  it.each(['.sluice', '.sluice/state', '.sluice/state/production'])('names a file in the place of %s', async (path) => {
    const root = plant(scratchFolder(), { [path]: 'kept' });
    const refusal = {
      code: 'PATH_UNUSABLE',
      message: containing(`${join(root, path)} can't be used: a file is there`),
    };
    expect(await errorOf(load(root))).toMatchObject(refusal);
    expect(await errorOf(createStateStore(root).save(sampleState))).toMatchObject(refusal);
    expect(readFileSync(join(root, path), 'utf8')).toBe('kept');
  });

  it('says that a file is of a newer version, whatever its shape', async () => {
    const root = plant(scratchFolder(), { '.sluice/state/production/@acme+web.json': '{"version":2,"new":true}' });
    const error = await errorOf(load(root));
    expect(error).toMatchObject({ code: 'STATE_NEWER', message: containing('version 2') });
    expect(readFileSync(fileIn(root), 'utf8')).toBe('{"version":2,"new":true}');
  });

  it('refuses names that lead elsewhere', async () => {
    const store = createStateStore(scratchFolder());
    expect(await errorOf(store.load('../web', 'production'))).toMatchObject({ code: 'NAME_INVALID' });
    expect(await errorOf(store.load('web', '..'))).toMatchObject({ code: 'NAME_INVALID' });
    expect(await errorOf(store.save({ ...sampleState, project: 'a/b' }))).toMatchObject({ code: 'NAME_INVALID' });
  });
});
