import fc from 'fast-check';
import type { Slot } from './route';
import { cookieFor, cookieName, newClient, pointOf, readClient, shareAt, withoutCookie } from './sticky';

const secret = 'a secret of some length';
const place = { project: '@acme/web', environment: 'production' };
const name = cookieName(place);
const ids = Array.from({ length: 10_000 }, (_, index) => `client-${index}`);

const slots = (canary: number, baseline = 0): Slot[] => [
  { slot: 'stable', release: 'r1', weight: 100 - canary - baseline, instances: [] },
  { slot: 'canary', release: 'r2', weight: canary, instances: [] },
  { slot: 'baseline', release: 'r1', weight: baseline, instances: [] },
];
const slotOf = (id: string, split: Slot[], generation = 1) =>
  shareAt(split, pointOf({ ...place, generation }, id))?.slot;

/** Weights of canary and baseline that leave something for the stable release. */
const weights = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 40 }));

describe('sticky clients', () => {
  it.each([
    [5, 0],
    [50, 0],
    [5, 5],
  ])('get the canary at %d %% and the baseline at %d %%, within 7 in a thousand at 5 %%', (canary, baseline) => {
    const share = (slot: string) => ids.filter((id) => slotOf(id, slots(canary, baseline)) === slot).length / 10_000;
    // three standard deviations of 10,000 draws
    const margin = (weight: number) => 3.2 * Math.sqrt(((weight / 100) * (1 - weight / 100)) / 10_000);
    expect(Math.abs(share('canary') - canary / 100)).toBeLessThan(margin(canary));
    expect(Math.abs(share('baseline') - baseline / 100)).toBeLessThanOrEqual(margin(baseline));
  });

  it('move from the stable release alone when a share grows, and to it alone when it shrinks', () => {
    fc.assert(
      fc.property(weights, weights, fc.integer({ min: 0, max: 9_999 }), (before, after, index) => {
        const id = ids[index] ?? '';
        const grown: [number, number] = [Math.max(before[0], after[0]), Math.max(before[1], after[1])];
        const [then, now] = [slotOf(id, slots(...before)), slotOf(id, slots(...grown))];
        if (then !== now) expect(then).toBe('stable');
      }),
    );
  });

  it('are drawn anew in each rollout, independently of the last', () => {
    const first = ids.filter((id) => slotOf(id, slots(50), 1) === 'canary');
    const both = first.filter((id) => slotOf(id, slots(50), 2) === 'canary');
    expect(both.length / first.length).toBeGreaterThan(0.45);
    expect(both.length / first.length).toBeLessThan(0.55);
  });

  it('stay where they are when another driver goes on with the rollout', () => {
    for (const id of ids.slice(0, 100)) {
      const points = [7, 8].map((generation) => pointOf({ ...place, generation, rollout: 7 }, id));
      expect(points[0]).toBe(points[1]);
    }
  });

  it('never get a slot without a share', () => {
    for (const id of ids.slice(0, 100)) {
      expect(slotOf(id, slots(0))).toBe('stable');
      expect(slotOf(id, slots(100))).toBe('canary');
      expect(shareAt([], pointOf({ ...place, generation: 1 }, id))).toBeUndefined();
    }
  });
});

describe('the cookie of a client', () => {
  const id = newClient();
  const [cookie = '', ...attributes] = cookieFor(id, name, secret, place, false).split('; ');
  const read = (cookies: string) => readClient(cookies, name, secret, place);

  it('is for the whole site, for no script, and lasts for a month', () => {
    expect(attributes).toEqual(['Path=/', 'Max-Age=2592000', 'HttpOnly', 'SameSite=Lax']);
  });

  it('is kept to TLS where the client came by it', () => {
    expect(cookieFor(id, name, secret, place, true)).toMatch(/; Secure$/);
  });

  it('has another name for each project and environment', () => {
    const names = [name, cookieName({ ...place, environment: 'staging' }), cookieName({ ...place, project: 'web' })];
    expect(new Set(names).size).toBe(3);
    expect(name).toMatch(/^sluice-[0-9a-f]{8}$/);
  });

  it('names the client among other cookies', () => {
    expect(read(cookie)).toBe(id);
    expect(read(`a=1; ${cookie};b=2`)).toBe(id);
    expect(read(`${name}=old.forged; ${cookie}`)).toBe(id);
  });

  it.each([
    ['none', ''],
    ['others', 'a=1; b=2'],
    ['another id', cookie.replace(id, 'x'.repeat(16))],
    ['no signature', `${name}=${id}`],
    ['more than a signature', `${cookie}.x`],
    ['a longer name', `x${cookie}`],
  ])('names nobody where there is %s', (_, cookies) => {
    expect(read(cookies)).toBeUndefined();
  });

  it('names nobody for another secret, project or environment', () => {
    expect(readClient(cookie, name, `${secret}!`, place)).toBeUndefined();
    expect(readClient(cookie, name, secret, { ...place, environment: 'staging' })).toBeUndefined();
  });

  it.each([
    [`a=1; ${cookie}; b=2`, 'a=1; b=2'],
    [`${cookie}; b=2`, 'b=2'],
    [`a=1; ${cookie}`, 'a=1'],
    [`a=1;${cookie} ;  b="2;" `, 'a=1;  b="2;" '],
    [' a=1 ;; b', ' a=1 ;; b'],
    [`x${cookie}`, `x${cookie}`],
    [cookie, undefined],
    [`${cookie}; ${cookie}`, undefined],
  ])('is taken out of %p', (cookies, expected) => {
    expect(withoutCookie(cookies, name)).toBe(expected);
  });
});
