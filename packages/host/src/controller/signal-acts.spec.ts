import type { EnvironmentState } from '@sluice/core';
import { aPlan, aStateIn, phases, simulatedClock } from '@sluice/core/testing';
import type { DeployRequest } from '../protocol';
import { createSignalActs } from './signal-acts';

const place = { checkout: '/repo', worktree: '/repo/worktrees/w', projectRoot: 'app' };
const request = (environment: 'staging' | 'production'): DeployRequest => ({
  ...{ project: 'app', environment, goal: 'production', by: 'alice', place },
  release: { id: 'r2', commit: 'c', configuration: null },
  config: { text: '{}', file: 'sluice.json', configuration: null },
});

function bench({ state = null, fails = false }: { state?: EnvironmentState | null; fails?: boolean } = {}) {
  const done: string[] = [];
  const acts = createSignalActs({
    root: '/repo',
    clock: simulatedClock(),
    files: {
      beginSignals: async (worktree, projects, { commit }) =>
        void done.push(`begin ${projects.join(' ')} at ${commit} in ${worktree}`),
      writeSignals: async (worktree, project, signals) =>
        void done.push(`${signals ? 'signals' : 'nothing'} of ${project} to ${worktree}`),
    },
    stateOf: () => state,
    markTask: async (task, { status, release }) => {
      if (fails) throw new Error('EACCES');
      done.push(`task ${task} is ${status} with ${release}`);
    },
    report: (what, thrown) => void done.push(`${what}: ${String(thrown)}`),
  });
  return { acts, done };
}
const watching = aStateIn(phases.watching, {}, aPlan({ place }));

describe('a deployment that begins', () => {
  const begun = 'begin app at c in /repo/worktrees/w';

  it('takes earlier signals away and sets its task to in progress, in production', async () => {
    const { acts, done } = bench({ state: watching });
    await acts.begin(request('production'));
    expect(done).toEqual([begun, 'task 26 is in-progress with r2']);
  });

  it('leaves the task alone in staging', async () => {
    const { acts, done } = bench({ state: watching });
    await acts.begin(request('staging'));
    expect(done).toEqual([begun]);
  });

  it('goes on where the task can not be set, and says so', async () => {
    const { acts, done } = bench({ state: watching, fails: true });
    await acts.begin(request('production'));
    expect(done).toEqual([begun, 'the task: Error: EACCES']);
  });
});

describe('production that is taken down', () => {
  it.each([
    [watching, 'nothing of app to /repo/worktrees/w'],
    [null, 'nothing of app to /repo'],
  ])('tells nothing any more', async (state, expected) => {
    const { acts, done } = bench({ state });
    await acts.forget({ project: 'app', environment: 'production', by: 'alice' });
    expect(done).toEqual([expected]);
  });
});
