import type { Health } from '../health';
import { aConfig, anInterval, aRelease, someFigures, someHealth } from '../testing';
import { hardGate, observeHard, startHard } from './hard';

const settings = aConfig().canary.hard;
const release = aRelease('next').id;
const second = 1000;

/** What the gate says after intervals of ten seconds, each with requests, errors and health. */
function after(intervals: { requests?: number; errors?: number; health?: Health[] }[]) {
  let state = startHard;
  let at = 0;
  let health: Health[] = [];
  for (const { requests = 0, errors = 0, health: seen = [] } of intervals) {
    const slots = requests > 0 ? [someFigures({ requests, errors }), someFigures({ slot: 'stable' })] : [];
    health = seen;
    state = observeHard(state, settings, release, anInterval(at, at + 10 * second, slots), health, at + 10 * second);
    at += 10 * second;
  }
  return hardGate(state, settings, health, at);
}

const bad = { requests: 100, errors: 30 };
const good = { requests: 100, errors: 5 };
const silent = {};

describe('the ceiling on errors: above 20 % for 30 s in at least 20 requests', () => {
  it.each([
    ['half a minute above it', [bad, bad, bad], 'fail'],
    ['less than half a minute', [good, bad, bad], 'pass'],
    ['a good interval between', [bad, bad, good, bad, bad], 'pass'],
    ['a silent interval between', [bad, silent, bad], 'fail'],
    ['exactly 20 %', [1, 2, 3].map(() => ({ requests: 100, errors: 20 })), 'pass'],
    ['too few requests', [1, 2, 3].map(() => ({ requests: 6, errors: 6 })), 'pass'],
    ['just enough requests', [1, 2, 3].map(() => ({ requests: 7, errors: 7 })), 'fail'],
    ['no request at all', [silent, silent, silent, silent], 'pass'],
  ])('%s', (_, intervals, verdict) => {
    expect(after(intervals).verdict).toBe(verdict);
  });

  it('looks at the release alone', () => {
    const stable = someFigures({ slot: 'stable', requests: 100, errors: 100 });
    const state = observeHard(startHard, settings, release, anInterval(0, 60 * second, [stable]), [], 60 * second);
    expect(state.ceiling).toBeNull();
  });

  it('says how many and for how long', () => {
    expect(after([bad, bad, bad]).reasons).toEqual(['error rate 30.00 % is above the ceiling of 20.00 % for 30s']);
  });
});

describe('health: nothing may be down for a minute', () => {
  const up = { health: [someHealth('db')] };
  const down = { health: [someHealth('db', { healthy: 0, reason: 'connection refused' })] };
  const times = (count: number, interval: object) => Array.from({ length: count }, () => interval);

  it.each([
    ['a minute after it was first seen down', times(7, down), 'fail'],
    ['less than a minute', times(6, down), 'pass'],
    ['up between', [...times(4, down), up, ...times(4, down)], 'pass'],
    ['up again', [...times(7, down), up], 'pass'],
    ['some of its instances', times(9, { health: [someHealth('next', { healthy: 1, wanted: 3 })] }), 'pass'],
  ])('%s', (_, intervals, verdict) => {
    expect(after(intervals).verdict).toBe(verdict);
  });

  it('says what is down, for how long and why', () => {
    expect(after(times(7, down)).reasons).toEqual(['db is down for 1m: connection refused']);
  });

  it('counts the time of each by itself', () => {
    const other = { health: [someHealth('queue', { healthy: 0 })] };
    expect(after([...times(6, down), other]).verdict).toBe('pass');
  });
});

describe('restarts: three of them mean that the release does not stay up', () => {
  const restarted = (restarts: number) => ({ health: [someHealth('next', { restarts })] });

  it.each([
    ['two', [restarted(0), restarted(2)], 'pass'],
    ['three', [restarted(0), restarted(1), restarted(3)], 'fail'],
    ['three that were there before the step', [restarted(3), restarted(3)], 'pass'],
    ['three more than before the step', [restarted(3), restarted(6)], 'fail'],
    ['a counter that began anew', [restarted(5), restarted(1)], 'pass'],
  ])('%s', (_, intervals, verdict) => {
    expect(after(intervals).verdict).toBe(verdict);
  });
});
