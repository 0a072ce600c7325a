import type { EnvironmentState, Outcome } from '@sluice/core';
import { aPlan, aRelease, aStateIn, phases, simulatedClock } from '@sluice/core/testing';
import { createPublisher, type DeploymentFiles } from './publisher';

const never = new AbortController().signal;
const outcome: Outcome = { result: 'done', reason: 'next deployed', at: 5, cause: 'person' };
const place = { checkout: '/c', worktree: '/w', projectRoot: 'web' };

function bench(changes: { prune?: () => Promise<void>; files?: Partial<DeploymentFiles> } = {}) {
  const done: string[] = [];
  const reports: string[] = [];
  const files: DeploymentFiles = {
    async receipts(checkout) {
      done.push(`receipts of ${checkout}`);
      return [];
    },
    async writeReport(worktree, project, markdown) {
      done.push(`report of ${project} to ${worktree}`);
      expect(markdown).toContain(aRelease('next').id);
    },
    writeSignal: async (worktree, _, signal) => void done.push(`${signal ? 'signal' : 'no signal'} to ${worktree}`),
    ...changes.files,
  };
  const publisher = createPublisher({
    ...{ clock: simulatedClock(), files, stateOf: async () => null },
    prune: changes.prune ?? (async (project, keep) => void done.push(`prune ${project} to ${keep}`)),
    report: (what, thrown) => reports.push(`${what}: ${String(thrown)}`),
  });
  const publish = (state: EnvironmentState) => publisher.publish(state, outcome, never);
  return { publish, done, reports };
}
const publishing = (environment: 'staging' | 'production', result: Outcome['result'] = 'done') => {
  const plan = aPlan({ environment, place, keep: 3 });
  const phase = { name: 'publishing', outcome: { ...outcome, result } } as const;
  return aStateIn(phase, { environment, stable: result === 'done' ? plan.release : plan.from }, plan);
};

describe('the publisher', () => {
  it('writes the report of a deployment to production and its signal, and deletes old releases', async () => {
    const { publish, done } = bench();
    await publish(publishing('production'));
    expect(done).toEqual(['receipts of /c', 'report of app to /w', 'signal to /w', 'prune app to 3']);
  });

  it('writes the report of a deployment that was rolled back, and takes an earlier signal away', async () => {
    const { publish, done } = bench();
    await publish(publishing('production', 'rolled-back'));
    expect(done).toContain('report of app to /w');
    expect(done).toContain('no signal to /w');
  });

  it('leaves the signal alone for staging', async () => {
    const { publish, done } = bench();
    await publish(publishing('staging'));
    expect(done.filter((what) => what.includes('signal'))).toEqual([]);
  });

  it('writes nothing for a rollout that has no place, and deletes old releases all the same', async () => {
    const { publish, done } = bench();
    await publish(aStateIn(phases.publishing));
    expect(done).toEqual(['prune app to 5']);
  });

  it('reports that old releases could not be deleted, which is no failure of the rollout', async () => {
    const { publish, reports } = bench({ prune: () => Promise.reject(new Error('EACCES')) });
    await publish(publishing('production'));
    expect(reports).toEqual(['old releases: Error: EACCES']);
  });

  it('fails when the report can not be written, so that it is tried again', async () => {
    const { publish } = bench({ files: { writeReport: () => Promise.reject(new Error('ENOSPC')) } });
    await expect(publish(publishing('production'))).rejects.toThrow('ENOSPC');
  });
});
