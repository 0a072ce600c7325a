import { aPlan, aRelease, aState, aStateIn } from '../testing';
import { aConfig } from '../testing/builders';
import { awaitsMerge, noMerge, type MergeOutcome, type MergePlan } from './merge';
import type { EnvironmentState, Outcome } from './model';
import { planDeploy, planRollback } from './plan';
import { transition } from './transition';

const merge: MergePlan = { ...noMerge, how: 'local', base: 'main', commit: 'c1' };
const place = { checkout: '/c', worktree: '/w', projectRoot: 'web' };
const outcome: Outcome = { result: 'done', reason: 'next deployed', at: 5, cause: 'person' };
const merged: MergeOutcome = {
  ...{ result: 'merged', reason: 'merged into main as abc', base: 'main', commit: 'abc', branch: null },
  ...{ command: null, pushed: null },
};

function done(changes: Partial<EnvironmentState> = {}, plan = aPlan({ merge, place })): EnvironmentState {
  const state = aStateIn({ name: 'cooling', until: 9 }, { stable: plan.release }, plan);
  return { ...state, rollout: state.rollout && { ...state.rollout, outcome }, ...changes };
}
const inPhase = (name: 'publishing' | 'over'): EnvironmentState => {
  const { rollout, ...state } = done();
  const phase = name === 'over' ? { name } : { name, outcome };
  return { ...state, rollout: rollout && { ...rollout, phase } };
};
const ended = (result: Outcome['result']): EnvironmentState => {
  const { rollout, ...state } = done();
  return { ...state, rollout: rollout && { ...rollout, outcome: { ...outcome, result } } };
};

describe('a merge', () => {
  it.each<[string, EnvironmentState, boolean]>([
    ['the deployment is done, its old release still warm', done(), true],
    ['the deployment is over', inPhase('over'), true],
    ['its report is being written', inPhase('publishing'), false],
    ['it failed', ended('failed'), false],
    ['it was rolled back', ended('rolled-back'), false],
    ['it was taken out of service', done({ stable: null }), false],
    ['another release is live', done({ stable: aRelease('first') }), false],
    ['nothing was ever deployed', aState(), false],
    ['it is staging', done({ environment: 'staging' }), false],
    ['nobody wants it', done({}, aPlan({ merge: noMerge, place })), false],
    ['there is no worktree', done({}, aPlan({ merge })), false],
    ['it was a way back', done({}, aPlan({ merge, place, kind: 'rollback' })), false],
  ])('is waited for when %s: %j', (_, state, expected) => {
    expect(awaitsMerge(state)).toBe(expected);
  });

  it('is written down with the rollout and in the audit log, and waited for no more', () => {
    const { number = 0, plan } = done().rollout ?? {};
    const release = plan?.release.id ?? '';
    const after = transition(done(), { type: 'merged', at: 7, number, release, merge: merged });
    expect(after.rollout?.merge).toEqual(merged);
    expect(after.rollout?.phase).toEqual({ name: 'cooling', until: 9 });
    expect(awaitsMerge(after)).toBe(false);
    expect(after.outbox).toMatchObject([{ what: 'merged', detail: merged.reason, release, by: 'sluice' }]);
  });

  it('that waits names in the audit log what takes it', () => {
    const waiting: MergeOutcome = { ...merged, result: 'waiting', reason: 'a conflict', command: 'git merge it' };
    const after = transition(done(), { type: 'merged', at: 7, number: 1, release: 'r', merge: waiting });
    expect(after.outbox).toMatchObject([{ what: 'merge waits', detail: 'a conflict; next: git merge it' }]);
  });

  it('of an earlier rollout changes nothing of the one that has begun meanwhile', () => {
    const before = done();
    const after = transition(before, { type: 'merged', at: 7, number: 99, release: 'r', merge: merged });
    expect(after.rollout).toEqual(before.rollout);
    expect(after.outbox).toMatchObject([{ what: 'merged', release: 'r' }]);
  });
});

describe('the plan of a merge', () => {
  const { project, release, from, by } = aPlan();
  const request = { project, release, from, by, place };
  const ground = { base: 'main', commit: 'c1' };
  const config = aConfig({ merge: 'push', versionFiles: ['VERSION'], build: { target: 'bundle' } });

  it('is what the configuration says, for production alone', () => {
    const of = (environment: 'staging' | 'production') =>
      planDeploy(config, environment, 'production', { ...request, ground }).merge;
    expect(of('production')).toEqual({ how: 'push', files: ['VERSION'], target: 'bundle', install: 'auto', ...ground });
    expect(of('staging')).toEqual(noMerge);
  });

  it('is none where nothing is known about the worktree, and for a way back', () => {
    expect(planDeploy(config, 'production', 'production', request).merge).toEqual(noMerge);
    expect(planRollback(aPlan({ merge }), request).merge).toEqual(noMerge);
  });

  it('is local without a word', () => {
    expect(aConfig({}).merge).toBe('local');
  });

  it.each(['../x', '/etc/passwd', 'a/../../b', '.git/config', 'a/.git/x', 'a\\..\\b', ''])(
    'takes no version file outside the workspace: %j',
    (file) => {
      expect(() => aConfig({ versionFiles: [file] })).toThrow();
    },
  );
});
