import type { EnvironmentState, MergeOutcome, MergePlan, Outcome } from '@sluice/core';
import { aPlan, aStateIn, aWorld, eventually, phases } from '@sluice/core/testing';
import { createDriver } from './driver';
import { createMerger, withMerges, type MergerSources } from './merger';

const plan: MergePlan = {
  ...{ how: 'local', base: 'main', commit: 'c1' },
  ...{ files: [], target: 'build', install: 'auto' },
};
const place = { checkout: '/c', worktree: '/w', projectRoot: 'web' };
const outcome: Outcome = { result: 'done', reason: 'next deployed', at: 5, cause: 'person' };
const merged: MergeOutcome = {
  ...{ result: 'merged', reason: 'merged into main as abc', base: 'main', commit: 'abc', branch: null },
  ...{ command: null, pushed: null },
};
const waiting: MergeOutcome = {
  ...merged,
  result: 'waiting',
  reason: 'a conflict',
  commit: null,
  command: 'git merge',
};

function done(how: MergePlan['how'] = 'local'): EnvironmentState {
  const wanted = aPlan({ merge: { ...plan, how }, place });
  const state = aStateIn(phases.over, { stable: wanted.release }, wanted);
  return { ...state, rollout: state.rollout && { ...state.rollout, number: 7, outcome } };
}

function bench(merge: MergerSources['merge'], from = done()) {
  const world = aWorld();
  const driver = createDriver(from, world.ports, () => undefined);
  const reports: string[] = [];
  const merger = createMerger({
    ...{ merge, driverOf: async () => driver, clock: world.clock },
    report: (what, thrown) => reports.push(`${what}: ${String(thrown)}`),
  });
  const recorded = () => driver.state().rollout?.merge ?? null;
  return { world, driver, merger, reports, recorded };
}

describe('the merger', () => {
  it('merges what a state waits for, once, and writes down what came of it', async () => {
    let calls = 0;
    const { merger, driver, recorded } = bench(async () => ((calls += 1), merged));
    for (let n = 0; n < 3; n++) merger.consider(driver.state());
    await eventually('it is merged', () => recorded() !== null);
    merger.consider(driver.state());
    expect(recorded()).toEqual(merged);
    expect(calls).toBe(1);
  });

  it.each<[string, EnvironmentState]>([
    ['nobody wants one', done('never')],
    ['the rollout is under way', aStateIn(phases.verifying, {}, aPlan({ merge: plan, place }))],
  ])('merges nothing where %s', async (_, state) => {
    const { merger } = bench(() => Promise.reject(new Error('it was asked')), state);
    merger.consider(state);
    await expect(merger.again('app')).rejects.toMatchObject({ code: 'NOTHING_TO_MERGE' });
  });

  it('writes down that a merge waits which went wrong, with the command that does it again', async () => {
    const { merger, driver, recorded, reports } = bench(() => Promise.reject(new Error('the disk is full')));
    merger.consider(driver.state());
    await eventually('it is told', () => recorded() !== null);
    expect(recorded()).toMatchObject({ result: 'waiting', command: 'npx sluice worktree merge app', commit: null });
    expect(recorded()?.reason).toContain('the disk is full');
    expect(reports).toEqual(['the merge of app: Error: the disk is full']);
  });

  it('does again what waits, and not what is done', async () => {
    const answers = [waiting, merged];
    const { merger, recorded } = bench(async () => answers.shift() ?? null);
    expect(await merger.again('app')).toEqual(waiting);
    expect(await merger.again('app')).toEqual(merged);
    expect(await merger.again('app')).toEqual(merged);
    expect(answers).toEqual([]);
    expect(recorded()).toEqual(merged);
  });

  it('pushes again what was merged and not pushed', async () => {
    const answers = [
      { ...merged, pushed: false },
      { ...merged, pushed: true },
    ];
    const { merger } = bench(async () => answers.shift() ?? null, done('push'));
    await merger.again('app');
    expect(await merger.again('app')).toMatchObject({ pushed: true });
  });

  it('attaches whoever asks to the merge that is under way', async () => {
    let calls = 0;
    const { merger, driver } = bench(async () => ((calls += 1), merged));
    merger.consider(driver.state());
    expect(await Promise.all([merger.again('app'), merger.again('app')])).toEqual([merged, merged]);
    expect(calls).toBe(1);
  });

  it('breaks off as the controller leaves, and leaves the state for the next one', async () => {
    let isUnderWay = false;
    const { merger, driver, recorded, reports } = bench(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          isUnderWay = true;
          signal.addEventListener('abort', () => reject(new Error('broken off')));
        }),
    );
    merger.consider(driver.state());
    await eventually('it is under way', () => isUnderWay);
    await merger.leave();
    merger.consider(driver.state());
    expect(recorded()).toBeNull();
    expect(reports).toEqual([]);
  });

  it('sees the states that a sink is shown', () => {
    const seen: EnvironmentState[] = [];
    const { world } = bench(async () => merged);
    const sink = withMerges(world.ports.sink, { consider: (state) => void seen.push(state) });
    sink.progress(done(), null);
    expect(seen).toEqual([done()]);
    expect(sink.record).toBe(world.ports.sink.record);
  });
});
