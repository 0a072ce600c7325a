import { aRelease, someFigures } from '../testing';
import { shareFinding } from './share';

const release = aRelease('next').id;
const split = (canary: number, stable: number) => [
  someFigures({ requests: canary }),
  someFigures({ slot: 'stable', requests: stable }),
];

describe('the share of a slot', () => {
  it.each([
    ['exactly its own', 50, 950],
    ['a little less by chance', 30, 970],
    ['a little more by chance', 70, 930],
    ['of nothing', 0, 0],
    ['of two requests', 0, 2],
  ])('%s is no finding', (_, canary, stable) => {
    expect(shareFinding(split(canary, stable), release, 5)).toBeNull();
  });

  it.each([
    ['nothing', 0, 1000],
    ['clearly less', 10, 990],
    ['clearly more', 200, 800],
  ])('%s is a finding', (_, canary, stable) => {
    expect(shareFinding(split(canary, stable), release, 5)).toBe(
      `the release got ${canary} of 1000 requests, its share of 5 % would be 50`,
    );
  });

  it('of everything allows a straggler of the old release', () => {
    expect(shareFinding(split(1000, 1), release, 100)).toBeNull();
    expect(shareFinding(split(1000, 5), release, 100)).not.toBeNull();
  });
});
