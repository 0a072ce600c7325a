import { aPlan, aRelease, aState } from '../testing';
import { entered, entry } from './journal';
import { transition } from './transition';

describe('an entry of the audit log', () => {
  const state = transition(aState({ sequence: 40 }), { type: 'begin', at: 5, plan: aPlan() });

  it('says what happened to which release, when and by whom', () => {
    expect(state.outbox).toEqual([
      {
        id: 'app/production/2.0.0',
        at: 5,
        project: 'app',
        environment: 'production',
        release: aRelease('next').id,
        what: 'deploy',
        by: 'dana',
        detail: `next (${aRelease('next').id}) after first (${aRelease('first').id})`,
        from: aRelease('first').id,
        to: aRelease('next').id,
      },
    ]);
  });

  it('has an id that follows from the state alone, and one of its own', () => {
    const twice = entered({ ...state, outbox: [] }, [entry('a', 'x', 1), entry('b', 'y', 1)]);
    const again = entered({ ...state, outbox: [] }, [entry('a', 'x', 1), entry('b', 'y', 1)]);
    expect(again).toEqual(twice);
    const more = entered(twice, [entry('c', 'z', 1)]);
    expect(more.outbox.map(({ id }) => id)).toEqual([0, 1, 2].map((n) => `app/production/2.0.${n}`));
  });

  it('never has the id of an entry of another event or rollout', () => {
    const next = transition(state, { type: 'abort', at: 6, by: 'dana', reason: 'changed my mind' });
    const ended = aState({ generation: 2, sequence: 9 });
    const second = transition(ended, { type: 'begin', at: 7, plan: aPlan() });
    const ids = [...state.outbox, ...next.outbox, ...second.outbox].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
