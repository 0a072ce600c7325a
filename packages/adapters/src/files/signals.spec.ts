import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { noSignals, outcomeSignals, stageError, type OutcomeSignals } from '@sluice/core';
import { aPlan, aRelease, aStateIn, phases } from '@sluice/core/testing';
import { nameProcess } from '../processes/named-process';
import { begunFile, deploymentFolder, signalFolder, signalNames } from './paths';
import { createSignals } from './signals';
import { createStateStore } from './state';
import { removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

const outcome = { result: 'done', reason: 'next deployed', at: 1_000, cause: 'person' } as const;
const complete: OutcomeSignals =
  outcomeSignals(aStateIn({ name: 'publishing', outcome }, { stable: aRelease('next') }, aPlan())) ?? noSignals;
const failed: OutcomeSignals = {
  ...noSignals,
  error: stageError('load', { type: 'STAGE_FAILED', message: 'too slow', at: 0, release: null }),
};

/** No process has this id. */
const nobody = 2 ** 22 + 1;

let root: string;
let worktree: string;
beforeEach(() => {
  root = scratchFolder('sluice Größe');
  worktree = join(root, 'worktrees/phase-6-task-1');
  mkdirSync(worktree, { recursive: true });
});

const there = (folder: string) =>
  Object.entries(signalNames).flatMap(([key, name]) => (existsSync(join(folder, name)) ? [key] : []));
const aggregates = () => [there(signalFolder(worktree)), there(signalFolder(root))];
const own = (project: string) => [there(deploymentFolder(worktree, project)), there(deploymentFolder(root, project))];
const identity = 'the start of an earlier process';
const run = (pid: number | null, commit = 'c') => {
  const process = pid === null ? null : (nameProcess(pid) ?? { pid, identity });
  return { commit, at: 0, process };
};

describe('the signals of one project', () => {
  it('are written in the worktree and in the main checkout, of the project and at the paths of the pipeline', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['@acme/web'], run(process.pid));
    await write(worktree, '@acme/web', complete);
    expect([...aggregates(), ...own('@acme/web')]).toEqual(Array(4).fill(['complete']));
    const text = readFileSync(join(signalFolder(root), 'phase6-complete.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(complete.complete);
    expect(text).toMatch(/^\{\n {2}"phase": 6,\n {2}"status": "success",\n {2}"summary": /);
  });

  it('of an earlier run are gone when another one begins', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app'], run(nobody));
    await write(worktree, 'app', complete);
    await begin(worktree, ['app'], run(process.pid, 'another commit'));
    expect([...aggregates(), ...own('app')]).toEqual(Array(4).fill([]));
  });

  it('of an earlier run of the same commit are gone too', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app'], run(nobody));
    await write(worktree, 'app', failed);
    await begin(worktree, ['app'], run(process.pid));
    expect([...aggregates(), ...own('app')]).toEqual(Array(4).fill([]));
  });

  it('are gone when the host begins a rollout of what a run has begun', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app'], run(process.pid));
    await write(worktree, 'app', failed);
    await begin(worktree, ['app'], run(null));
    expect(aggregates()).toEqual([[], []]);
  });

  it.each([
    [complete, failed, ['error']],
    [failed, complete, ['complete']],
    [failed, null, []],
  ])('are never beside those of another outcome', async (before, after, expected) => {
    const { write } = createSignals(root);
    await write(worktree, 'app', before);
    await write(worktree, 'app', after);
    expect([...aggregates(), ...own('app')]).toEqual(Array(4).fill(expected));
  });

  it('are written where no run was noted, and beside rubbish', async () => {
    mkdirSync(dirname(begunFile(root, 'app')), { recursive: true });
    writeFileSync(begunFile(root, 'app'), '{');
    await createSignals(root).write(worktree, 'app', complete);
    expect(aggregates()).toEqual([['complete'], ['complete']]);
  });
});

describe('several projects of one run', () => {
  it('are complete when the last of them is', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app', 'web'], run(process.pid));
    await write(worktree, 'app', complete);
    expect(aggregates()).toEqual([[], []]);
    await begin(worktree, ['web', 'app'], run(process.pid)); // the worktree stage of the other one
    expect(own('app')).toEqual([['complete'], ['complete']]);
    expect((await write(worktree, 'web', complete)).complete).toMatchObject({ projects: { app: {}, web: {} } });
    expect(aggregates()).toEqual([['complete'], ['complete']]);
  });

  it('are not complete when one of them has failed', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app', 'web'], run(process.pid));
    await write(worktree, 'app', failed);
    await write(worktree, 'web', complete);
    expect(aggregates()).toEqual([['error'], ['error']]);
    expect(own('web')).toEqual([['complete'], ['complete']]);
  });

  it('come to the same whoever of them is last, many times at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { begin, write } = createSignals(root);
      const projects = ['a', 'b', 'c', 'd'];
      await begin(worktree, projects, run(process.pid, `commit ${round}`));
      await Promise.all(projects.map((project) => write(worktree, project, complete)));
      expect(aggregates()).toEqual([['complete'], ['complete']]);
    }
  });
});

describe('a run that begins', () => {
  it('while another is under way joins it: none says alone that all is complete', async () => {
    const { begin, write } = createSignals(root);
    const other = join(root, 'worktrees/phase-6-task-2');
    mkdirSync(other);
    await begin(worktree, ['app'], run(process.pid));
    await begin(other, ['web'], run(process.ppid, 'another commit'));
    await write(other, 'web', complete);
    expect(there(signalFolder(root))).toEqual([]);
    await write(worktree, 'app', complete);
    expect(there(signalFolder(root))).toEqual(['complete']);
  });

  it('is not held up by one that was killed', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app'], run(nobody));
    await begin(worktree, ['web'], run(process.pid));
    await write(worktree, 'web', complete);
    expect(aggregates()).toEqual([['complete'], ['complete']]);
  });

  it('is not held up by one whose pid is that of another process by now', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app'], { ...run(null), process: { pid: process.pid, identity } });
    await begin(worktree, ['web'], run(process.ppid));
    await write(worktree, 'web', complete);
    expect(aggregates()).toEqual([['complete'], ['complete']]);
  });

  it('is another run than an earlier one of the same commit that had its pid', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app'], { ...run(null), process: { pid: process.pid, identity } });
    await write(worktree, 'app', failed);
    await begin(worktree, ['app'], run(process.pid));
    expect([...aggregates(), ...own('app')]).toEqual(Array(4).fill([]));
  });

  it('waits for a rollout that the host goes on with after its run was killed', async () => {
    await createStateStore(root).save(aStateIn(phases.watching, { project: 'app' }));
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app'], run(nobody));
    await begin(worktree, ['web'], run(process.pid));
    await write(worktree, 'web', complete);
    expect(there(signalFolder(root))).toEqual([]);
  });

  it('after another is over stands for itself', async () => {
    const { begin, write } = createSignals(root);
    await begin(worktree, ['app'], run(process.pid));
    await write(worktree, 'app', failed);
    await begin(worktree, ['web'], run(process.pid));
    await write(worktree, 'web', complete);
    expect(aggregates()).toEqual([['complete'], ['complete']]);
  });
});

it('is not in the way of a worktree that is gone', async () => {
  const { begin, write } = createSignals(root);
  await begin(worktree, ['app'], run(process.pid));
  rmSync(worktree, { recursive: true });
  await write(root, 'app', complete);
  expect(there(signalFolder(root))).toEqual(['complete']);
  expect(existsSync(worktree)).toBe(false);
});
