import { aRelease, aStateIn, phases } from '../testing';
import type { EnvironmentState } from './model';
import { transition } from './transition';

const at = 1_000;

describe('the end of a rollout', () => {
  const publishing = (outcome: object, over: Partial<EnvironmentState> = {}) =>
    aStateIn({ ...phases.publishing, outcome: { ...phases.publishing.outcome, ...outcome } }, over);
  const published = (state: EnvironmentState) => transition(state, { type: 'published', at });
  const warm = { release: aRelease('older'), warmUntil: 5_000 };

  it('keeps the outcome and says so', () => {
    const after = published(publishing({}));
    expect(after.rollout).toMatchObject({ outcome: phases.publishing.outcome, endedAt: 900 });
    expect(after.outbox.map(({ what, detail }) => [what, detail])).toEqual([['rolled-back', 'twice the errors']]);
  });

  it.each([
    ['the release was the reason', { cause: 'release' }, true],
    ['a person was', { cause: 'person' }, false],
    ['the world was', { cause: 'world' }, false],
    ['nothing was rolled back', { result: 'failed' }, false],
  ])('refuses the release from now on only when %s', (_, outcome, isRefused) => {
    const { refused } = published(publishing(outcome));
    expect(refused.map(({ release }) => release)).toEqual(isRefused ? [aRelease('next').id] : []);
  });

  it('refuses a release once, with the latest reason', () => {
    const before = [
      { release: aRelease('next').id, reason: 'an old one', at: 1 },
      { release: aRelease('other').id, reason: 'another', at: 2 },
    ];
    const { refused } = published(publishing({}, { refused: before }));
    expect(refused.map(({ reason }) => reason)).toEqual(['another', 'twice the errors']);
  });

  it('waits for a release that is warm, whatever the outcome was', () => {
    for (const result of ['done', 'rolled-back', 'failed'] as const) {
      const { rollout } = published(publishing({ result }, { previous: warm }));
      expect(rollout?.phase).toEqual({ name: 'cooling', until: 5_000 });
    }
  });

  it('waits for nothing where none is warm', () => {
    const previous = { ...warm, warmUntil: null };
    expect(published(publishing({ result: 'done' }, { previous })).rollout?.phase.name).toBe('over');
  });

  it.each([
    ['what was left of an older rollout was stopped', aStateIn(phases.tidying, { previous: warm })],
    ['the old release was retired', aStateIn(phases.retiring, { previous: warm })],
    [
      'the release that it is was cleared away',
      aStateIn(phases.clearing, { previous: { release: aRelease('next'), warmUntil: 5_000 } }),
    ],
  ])('knows that nothing is warm after %s', (_, state) => {
    expect(transition(state, { type: 'stopped', at }).previous?.warmUntil).toBeNull();
  });

  it('leaves a warm release alone when another one is cleared away', () => {
    const state = aStateIn(phases.clearing, { previous: warm });
    expect(transition(state, { type: 'stopped', at }).previous).toEqual(warm);
  });
});
