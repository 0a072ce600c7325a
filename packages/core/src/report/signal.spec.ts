import { completionSignal } from './signal';
import { aCheck, aPlan, aState, begun, failing, first, isIn, next, played } from './testing/example';
import { planRollback } from '../rollout/plan';
import { transition } from '../rollout/transition';

const publishing = played(begun(aPlan()), { until: isIn('publishing') }).state;
const done = played(begun(aPlan())).state;

describe('the completion signal', () => {
  it('has exactly the keys that phase 6 promises, first and in order, then its own', () => {
    expect(JSON.stringify(completionSignal(publishing), null, 2)).toBe(`{
  "phase": 6,
  "status": "success",
  "summary": {
    "deployed_to": "production",
    "traffic": 100,
    "health": "green",
    "rollbacks": 0
  },
  "pipeline_complete": true,
  "completed_at": "2026-11-23T13:02:38Z",
  "release": "1a2b3c4d5e6f",
  "duration_minutes": 2.6,
  "audit": {
    "head": null,
    "count": 0
  }
}`);
  });

  it('is the same once the outcome is written down', () => {
    expect(completionSignal(done)).toEqual(completionSignal(publishing));
  });

  it('is not green without a verification that passed', () => {
    const { rollout } = publishing;
    const unverified = { ...publishing, rollout: rollout && { ...rollout, verification: null } };

    expect(completionSignal(unverified)).toMatchObject({ summary: { health: 'unknown' }, pipeline_complete: false });
  });

  const live = played(begun(aPlan()), { until: isIn('cooling') }).state;
  const back = planRollback(aPlan(), { project: 'app', release: first, from: next, by: 'bob', place: null });

  it.each([
    ['nothing was deployed', aState()],
    ['it is under way', played(begun(aPlan()), { until: isIn('verifying') }).state],
    ['it was rolled back', played(begun(aPlan()), { traffic: failing }).state],
    [
      'the verification failed',
      played(begun(aPlan()), {
        answer: (command, at) =>
          command.type === 'verify' ? { type: 'verified', at, checks: [aCheck('smoke', { status: 'fail' })] } : null,
      }).state,
    ],
    ['it is staging', played(begun(aPlan({}, { environment: 'staging', from: null }))).state],
    ['a person went back', played(begun(back, live)).state],
    ['it was taken out of service', transition(done, { type: 'down', at: 1, by: 'bob' })],
  ])('is not given when %s', (_, state) => {
    expect(completionSignal(state)).toBeNull();
  });
});
