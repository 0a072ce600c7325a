import { existsSync } from 'node:fs';
import { refOf, type EnvironmentState, type MergeOutcome, type MergePlan } from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { aPlan, aStateIn, phases } from '@sluice/core/testing';
import type { StageRun } from '../stage/run-stage';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { git, scratchRepository } from '../testing/repository';
import { aContext, aStageRun } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { production } from './production';
import { worktree } from './worktree';

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
};
const merged: MergeOutcome = {
  ...{ result: 'merged', reason: 'merged into main as abc', base: 'main', commit: 'abc', branch: null },
  ...{ command: null, pushed: null },
};

let root: string;
let run: StageRun;
let said: string[];
let host: FakeHost;
let stateWith: (merge: MergeOutcome | null) => EnvironmentState;
/** What the host tells, one after the other. */
let states: EnvironmentState[];

beforeEach(async () => {
  root = scratchRepository({ 'app/sluice.json': settings });
  const made = await aStageRun(root, settings, aContext(root, 'deploy-prod'));
  ({ run, said } = made);
  const release = refOf(made.release);
  const merge: MergePlan = { how: 'local', base: 'main', commit: 'c1', files: [], target: 'build', install: 'auto' };
  const place = { checkout: root, worktree: run.worktree, projectRoot: 'app' };
  const over = aStateIn(phases.over, { stable: release }, aPlan({ release, merge, place }));
  const outcome = { result: 'done' as const, reason: 'deployed', at: 0, cause: 'person' as const };
  stateWith = (found) => ({ ...over, rollout: over.rollout && { ...over.rollout, outcome, merge: found } });
  const next = () => (states.length > 1 ? states.shift() : states[0]);
  host = await fakeHost(root, {
    'POST /rollouts': () => ({ how: 'started' }),
    'GET /states/app/production': next,
    'GET /events/app/production': next,
  });
});
afterEach(() => host.close());
afterAll(removeWorkspaces);

describe('the production stage', () => {
  it('waits for the merge of what was deployed, and says what came of it', async () => {
    states = [stateWith(null), stateWith(null), stateWith(merged)];
    const result = await production(run);
    expect(result).toMatchObject({ verdict: 'pass', reasons: [expect.any(String), merged.reason] });
    expect(states).toHaveLength(1);
  });

  it('passes with a merge that waits, and says what takes it', async () => {
    states = [stateWith({ ...merged, result: 'waiting', reason: 'a conflict', command: 'git merge it' })];
    const result = await production(run);
    expect(result).toMatchObject({ verdict: 'pass', next: ['git merge it'] });
    expect(result.reasons).toContain('the merge waits: a conflict');
  });
});

describe('the worktree stage', () => {
  it('has the merge of an earlier deployment finished before it moves the worktree', async () => {
    await createStateStore(root).save(stateWith(null));
    states = [stateWith(null), stateWith(merged)];
    await worktree({ ...run, head: git(root, 'rev-parse', 'HEAD').trim() });
    expect(said.join('\n')).toMatch(/is merged first\nmerged into main as abc\ncreated/);
    expect(existsSync(run.worktree)).toBe(true);
  });

  it('asks nobody where nothing is to be merged', async () => {
    await createStateStore(root).save(stateWith(merged));
    await worktree(run);
    expect(host.asked).toEqual([]);
  });
});
