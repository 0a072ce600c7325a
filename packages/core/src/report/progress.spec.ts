import { transition } from '../rollout/transition';
import { progressLine, storyLine } from './progress';
import { aPlan, aState, begun, calm, failing, isIn, monday, played } from './testing/example';

describe('the line of progress', () => {
  it('says in words what is done, in the order of a run', () => {
    const lines: string[] = [];
    const { state, now } = played(begun(aPlan()), {
      until: (current) => {
        lines.push(progressLine(current, monday + 30_000));
        return isIn('cooling')(current);
      },
    });

    const words = lines.filter((line) => !line.includes('left'));
    expect(words).toEqual([
      'proving the way back to 9f8e7d6c5b4a',
      'starting next (1a2b3c4d5e6f)',
      'canary 5 % · moving traffic',
      'production 10 % · moving traffic',
      'production 50 % · moving traffic',
      'production 100 % · moving traffic',
      'verifying next (1a2b3c4d5e6f)',
      'next (1a2b3c4d5e6f) is verified and becomes stable',
      'writing the report: done',
      expect.stringContaining('done: next (1a2b3c4d5e6f) deployed · 9f8e7d6c5b4a stays warm for'),
    ]);
    expect(progressLine(state, now)).toContain('stays warm for 9m58s');
  });

  it('shows time left, the compared figures and the requests of a step', () => {
    const { state, now } = played(begun(aPlan()), {
      until: ({ rollout }) => rollout?.steps[0]?.gate?.comparisons.length === 2,
    });

    expect(progressLine(state, now)).toBe(
      'canary 5 % · 50s left · errors 0.00 % vs 0.00 % · p95 12 vs 12 ms · 50 requests',
    );
  });

  it('shortens itself before it is cut', () => {
    const { state } = played(begun(aPlan()), {
      until: (current) => isIn('watching', 2)(current) && current.rollout?.steps[2]?.gate !== null,
    });

    expect(progressLine(state, monday + 20_000)).toBe(
      'prod 50 % · 1m45s left · errors 0.00 % vs 0.00 % · p95 12 vs 12 ms · 500 req',
    );
  });

  it('says what is missing while there are no figures', () => {
    const quiet: typeof calm = (share) => calm(share).map((slot) => ({ ...slot, requests: 0, latency: [] }));
    const early = played(begun(aPlan()), { until: isIn('watching', 0) });
    const late = played(begun(aPlan()), {
      traffic: quiet,
      until: ({ rollout }) => rollout?.phase.name === 'watching' && rollout.phase.observedTo > monday + 70_000,
    });

    expect(progressLine(early.state, early.now)).toBe('canary 5 % · 1m left · 0 of 20 requests for a check');
    expect(progressLine(late.state, late.now)).toContain('canary 5 % · evidence is missing, 50s more');
  });

  it('says that a canary that passed waits', () => {
    const { state, now } = played(begun({ ...aPlan(), goal: 'canary' }), {
      until: ({ rollout }) => rollout?.phase.name === 'watching' && rollout.phase.waiting === 'goal',
    });

    expect(progressLine(state, now)).toBe(
      'canary 5 % · waits for deploy-prod · errors 0.00 % vs 0.00 % · p95 12 vs 12 ms',
    );
  });

  it('says that a step is held, and what goes on from there', () => {
    const { state, now } = played(begun(aPlan()), {
      traffic: () => [],
      until: ({ rollout }) => rollout?.phase.name === 'watching' && rollout.phase.waiting === 'person',
    });

    expect(progressLine(state, now)).toMatch(/^canary 5 % · held: deploy-promote or deploy-rollback/);
  });

  it('says that a command failed and when it is tried again', () => {
    const problem = { code: 'X', message: 'the host\n is away', remedy: '' };
    const state = transition(begun(aPlan()), { type: 'failed', at: monday, problem });

    expect(progressLine(state, monday)).toBe('proving the way back to 9f8e7d6c5b4a · again in 500ms: the host is away');
  });

  it('never takes more than 80 columns', () => {
    for (const traffic of [calm, failing]) {
      played(begun(aPlan()), {
        traffic,
        until: (state) => {
          expect(progressLine(state, monday).length).toBeLessThanOrEqual(80);
          return false;
        },
      });
    }
  });

  it('says that nothing is deployed', () => {
    expect(progressLine(aState(), monday)).toBe('nothing is deployed');
  });
});

describe('the line of an audit entry', () => {
  const entry = { id: '1', at: monday, project: 'app', environment: 'production', release: null, by: 'sluice' };

  it('is plain and aligned', () => {
    expect(storyLine({ ...entry, what: 'gate', detail: 'passed: all is well' })).toBe(
      '2026-11-23 13:00:00 UTC  production  gate        passed: all is well',
    );
  });

  it('stays one line and names the person', () => {
    expect(storyLine({ ...entry, environment: 'staging', what: 'abort', detail: 'no\n  | good', by: 'alice' })).toBe(
      '2026-11-23 13:00:00 UTC  staging     abort       no | good (by alice)',
    );
  });
});
