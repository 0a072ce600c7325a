import type { DeployRequest } from '../protocol';
import type { Rollouts } from './rollouts';
import { withoutStaleSignals } from './stale-signals';

const request: DeployRequest = {
  project: 'app',
  environment: 'staging',
  release: { id: 'r2', commit: 'c', configuration: null },
  goal: 'production',
  config: { text: '{}', file: 'sluice.json', configuration: null },
  place: { checkout: '/repo', worktree: '/repo/worktrees/w', projectRoot: 'app' },
  by: 'alice',
};

function forgetting(how: 'started' | 'attached' | 'live') {
  const forgotten: [string, string | null][] = [];
  const answer = async () => ({ how }) as const;
  const others = { permit: answer, promote: answer, approve: answer, reject: answer, unfreeze: answer };
  const rollouts: Rollouts = { ...others, deploy: answer, rollBack: answer, takeDown: answer };
  const forget = async (project: string, worktree: string | null) => void forgotten.push([project, worktree]);
  return { rollouts: withoutStaleSignals(rollouts, forget), forgotten };
}

it('forgets the signal of an earlier deployment when a new one begins', async () => {
  const { rollouts, forgotten } = forgetting('started');
  await rollouts.deploy(request);
  expect(forgotten).toEqual([['app', '/repo/worktrees/w']]);
});

it.each(['attached', 'live'] as const)('keeps the signal when the deployment is %s', async (how) => {
  const { rollouts, forgotten } = forgetting(how);
  await rollouts.deploy(request);
  expect(forgotten).toEqual([]);
});

it('forgets the signal when production is taken down, not when staging is', async () => {
  const { rollouts, forgotten } = forgetting('started');
  await rollouts.takeDown({ project: 'app', environment: 'staging', by: 'alice' });
  expect(forgotten).toEqual([]);
  await rollouts.takeDown({ project: 'app', environment: 'production', by: 'alice' });
  expect(forgotten).toEqual([['app', null]]);
});
