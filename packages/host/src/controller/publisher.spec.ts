import type { EnvironmentState, GateResult, Outcome } from '@sluice/core';
import { aPlan, aRelease, aStateIn, phases, simulatedClock } from '@sluice/core/testing';
import { createPublisher, type DeploymentFiles } from './publisher';

const never = new AbortController().signal;
const outcome: Outcome = { result: 'done', reason: 'next deployed', at: 5, cause: 'person' };
const place = { checkout: '/c', worktree: '/w', projectRoot: 'web' };

function bench(
  changes: { prune?: () => Promise<void>; markTask?: () => Promise<void>; files?: Partial<DeploymentFiles> } = {},
) {
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
    async writeSignals(worktree, _, signals) {
      const there = Object.entries(signals).flatMap(([name, signal]) => (signal ? [name] : []));
      done.push(`${there.join(' and ')} to ${worktree}`);
      return signals;
    },
    ...changes.files,
  };
  const publisher = createPublisher({
    ...{ clock: simulatedClock(), files, stateOf: async () => null },
    prune: changes.prune ?? (async (project, keep) => void done.push(`prune ${project} to ${keep}`)),
    markTask: changes.markTask ?? (async (task, { status }) => void done.push(`task ${task} is ${status}`)),
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

const verified = (state: EnvironmentState): EnvironmentState => {
  const gate: GateResult = { verdict: 'pass', reasons: [], comparisons: [] };
  return { ...state, rollout: state.rollout && { ...state.rollout, verification: { gate, checks: [] } } };
};

describe('the publisher', () => {
  it('writes the report of a deployment to production and its signal, and deletes old releases', async () => {
    const { publish, done } = bench();
    await publish(publishing('production'));
    expect(done).toEqual(['receipts of /c', 'report of app to /w', 'complete to /w', 'prune app to 3']);
  });

  it('sets the task to done where all is verified and complete', async () => {
    const { publish, done } = bench();
    await publish(verified(publishing('production')));
    expect(done).toContain('task 26 is done');
  });

  it('says of a task that could not be set that it was not, which is no failure of the rollout', async () => {
    const { publish, reports } = bench({ markTask: () => Promise.reject(new Error('EACCES')) });
    await publish(verified(publishing('production')));
    expect(reports).toEqual(['the task: Error: EACCES']);
  });

  it('does not set the task while another project of the deployment is not complete', async () => {
    const none = { complete: null, error: null, rollback: null };
    const { publish, done } = bench({ files: { writeSignals: async () => none } });
    await publish(verified(publishing('production')));
    expect(done.filter((what) => what.startsWith('task'))).toEqual([]);
  });

  it('writes the report of a deployment that was rolled back, its error and that traffic is back', async () => {
    const { publish, done } = bench();
    await publish(publishing('production', 'rolled-back'));
    expect(done).toContain('report of app to /w');
    expect(done).toContain('error and rollback to /w');
  });

  it('has nothing to signal of staging that went well', async () => {
    const { publish, done } = bench();
    await publish(publishing('staging'));
    expect(done).toEqual(['receipts of /c', 'report of app to /w', 'prune app to 3']);
  });

  it('signals that staging failed', async () => {
    const { publish, done } = bench();
    await publish(publishing('staging', 'rolled-back'));
    expect(done).toContain('error to /w');
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
