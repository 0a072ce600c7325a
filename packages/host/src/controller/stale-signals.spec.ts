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
  const told: string[] = [];
  const answer = async () => ({ how }) as const;
  const others = { permit: answer, promote: answer, approve: answer, reject: answer, unfreeze: answer };
  const rollouts: Rollouts = { ...others, deploy: answer, rollBack: answer, takeDown: answer };
  const acts = {
    begin: async ({ project, environment }: DeployRequest) => void told.push(`begin ${project} in ${environment}`),
    forget: async ({ project }: { project: string }) => void told.push(`forget ${project}`),
  };
  return { rollouts: withoutStaleSignals(rollouts, acts), told };
}

it('takes the signals of an earlier deployment away when a new one begins', async () => {
  const { rollouts, told } = forgetting('started');
  await rollouts.deploy(request);
  expect(told).toEqual(['begin app in staging']);
});

it.each(['attached', 'live'] as const)('keeps the signal when the deployment is %s', async (how) => {
  const { rollouts, told } = forgetting(how);
  await rollouts.deploy(request);
  expect(told).toEqual([]);
});

it('forgets the signal when production is taken down, not when staging is', async () => {
  const { rollouts, told } = forgetting('started');
  await rollouts.takeDown({ project: 'app', environment: 'staging', by: 'alice' });
  expect(told).toEqual([]);
  await rollouts.takeDown({ project: 'app', environment: 'production', by: 'alice' });
  expect(told).toEqual(['forget app']);
});
