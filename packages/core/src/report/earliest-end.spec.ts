import type { EnvironmentState } from '../rollout/model';
import { transition } from '../rollout/transition';
import { earliestEnd } from './earliest-end';
import { aPlan, aState, begun, isIn, monday, played } from './testing/example';

const sinceOf = ({ rollout }: EnvironmentState): number =>
  rollout?.phase.name === 'watching' ? rollout.phase.since : 0;

describe('the earliest end of the step of a rollout', () => {
  const watching = played(begun(aPlan()), { until: isIn('watching', 0) }).state;

  it('is the end of its configured time while it is watched', () => {
    expect(earliestEnd(watching, sinceOf(watching) + 5_000)).toBe(sinceOf(watching) + 60_000);
  });

  it('is the next look at the figures where the time is over and evidence is missing', () => {
    const { rollout } = watching;
    if (rollout?.phase.name !== 'watching') throw new Error('it is not watched');
    const phase = { ...rollout.phase, observedAt: sinceOf(watching) + 70_000 };
    const late = { ...watching, rollout: { ...rollout, phase } };
    expect(earliestEnd(late, sinceOf(watching) + 71_000)).toBe(sinceOf(watching) + 80_000);
  });

  it('is no sooner than its whole time before it has its traffic', () => {
    expect(earliestEnd(begun(aPlan()), monday + 1)).toBe(monday + 61_000);
    const shifting = played(begun(aPlan()), { until: isIn('shifting', 1) }).state;
    expect(earliestEnd(shifting, monday)).toBe(monday + 30_000);
  });

  it('is not before a command that failed is tried again', () => {
    const problem = { code: 'HOST_REFUSED', message: 'no answer', remedy: '' };
    const at = sinceOf(watching) + 60_000;
    const failed = transition(watching, { type: 'failed', at, problem });
    expect(earliestEnd(failed, at)).toBe(at + 1_000);
  });

  it('is unknown where nothing is under way, or only a moment is left', () => {
    expect(earliestEnd(aState(), monday)).toBeNull();
    expect(earliestEnd(played(begun(aPlan()), { until: isIn('verifying') }).state, monday)).toBeNull();
    expect(earliestEnd(played(begun(aPlan()), { until: isIn('cooling') }).state, monday)).toBeNull();
  });

  it('is unknown where the canary waits for a person', () => {
    const waiting = played(begun({ ...aPlan(), goal: 'canary' }), {
      until: ({ rollout }) => rollout?.phase.name === 'watching' && rollout.phase.waiting === 'goal',
    }).state;
    expect(earliestEnd(waiting, monday)).toBeNull();
  });
});
