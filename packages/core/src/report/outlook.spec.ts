import type { InstanceCell } from '../analysis/sequential/history';
import { outlookOf, type Outlook } from './outlook';
import { outlookLines } from './outlook-words';
import { aPlan, monday } from './testing/example';

const minute = Math.floor(monday / 60_000);

/** Minutes of one instance, up to the one before. */
const past = (rate: number, errorRate: number, minutes = 90): InstanceCell[] =>
  Array.from({ length: minutes }, (_, i) => ({
    ...{ instance: 'a', block: minute - 1 - i, requests: rate * 60, errors: Math.round(rate * 60 * errorRate) },
    latency: [
      [90, rate * 30],
      [99, rate * 24],
      [160, rate * 6],
    ],
  }));

type Method = 'threshold' | 'sequential';
const settings = {
  threshold: { method: 'threshold', duration: '5m', maxDuration: '24h' },
  sequential: { method: 'sequential' },
} as const;
function outlook(method: Method, cells: InstanceCell[], canary: object = {}): Outlook {
  const found = outlookOf(aPlan({ canary: { ...settings[method], ...canary } }), cells, minute);
  if (!found) throw new Error('nothing is compared');
  return found;
}
const endings = (...given: Parameters<typeof outlook>) =>
  outlook(...given).cases.map(({ clean, worse }) => [clean.end, clean.afterMs / 1000, worse.end, worse.afterMs / 1000]);

describe('how soon the verdict of a canary can come', () => {
  it.each([
    // three checks of 200 requests: the canary gets 10 a second
    ['threshold', past(200, 0.005), [['on', 300, 'back', 60]]],
    // 2 a second
    ['threshold', past(40, 0.005), [['on', 300, 'back', 300]]],
    // seconds that trials with chance find, too: see docs/judge.md
    ['sequential', past(200, 0.005), [['on', 520, 'back', 50]]],
  ] as const)('follows from what production answers: %s, %#', (method, cells, found) => {
    expect(endings(method, cells)).toEqual(found);
  });

  it('is the same whenever it is asked', () => {
    const asked = () => outlook('sequential', past(200, 0.005));
    expect(asked()).toEqual(asked());
  });

  it.each(['threshold', 'sequential'] as const)('is sooner with more requests: %s', (method) => {
    const [few, many] = [endings(method, past(20, 0.01)), endings(method, past(500, 0.01))];
    expect(few[0]?.[0]).toBe('on');
    expect(Number(few[0]?.[1])).toBeGreaterThanOrEqual(Number(many[0]?.[1]));
    expect(Number(few[0]?.[3])).toBeGreaterThan(Number(many[0]?.[3]));
  });

  it.each(['threshold', 'sequential'] as const)('may be never: %s', (method) => {
    const short = { duration: '1m', maxDuration: '2m' };
    expect(outlook(method, past(1, 0.01), short).cases[0]).toMatchObject({
      clean: { end: 'none' },
      worse: { end: 'none' },
    });
  });

  it('counts what Sluice sends itself', () => {
    const synthetic = { rate: 160, requests: [{ path: '/' }] };
    expect(endings('threshold', past(40, 0.005), { synthetic })).toEqual(endings('threshold', past(200, 0.005)));
  });

  it('is told of a fresh baseline, too, which has less to compare with', () => {
    const cells = past(200, 0.005);
    const [fresh] = outlook('sequential', cells, { baseline: 'fresh' }).cases;
    const [stable] = outlook('sequential', cells).cases;
    expect([fresh?.clean.end, fresh?.worse.end]).toEqual(['on', 'back']);
    expect(fresh?.clean.afterMs).toBeGreaterThan(stable?.clean.afterMs ?? Infinity);
  });

  it("takes metrics of one's own to hold", () => {
    const metrics = { misses: { kind: 'ratio' } };
    expect(outlook('sequential', past(200, 0.005), { metrics }).cases[0]?.clean.end).toBe('on');
  });

  it('is told of hard ceilings, too', () => {
    const worse = outlook('threshold', past(200, 0.1)).cases[0]?.worse;
    expect(worse).toMatchObject({ end: 'back', afterMs: 30_000 });
    expect(worse?.reason).toContain('the ceiling');
  });

  it('is told for 1, 10 and 100 requests a second where nothing is known', () => {
    const { observedMs, cases } = outlook('threshold', []);
    expect(observedMs).toBeNull();
    expect(cases.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([1, 10, 100]);
  });

  it.each([
    ['the last hour', past(40, 0, 90), 40, 3_600_000],
    ['all that was kept, where that is less', past(40, 0, 7), 40, 420_000],
    ['all that was kept, where the last hour was quiet', past(40, 0, 120).slice(60), 20, 7_200_000],
  ])('goes by %s', (_, cells, rate, overMs) => {
    const { observedMs, cases } = outlook('threshold', cells);
    expect([cases[0]?.requestsPerSecond, observedMs]).toEqual([rate, overMs]);
  });

  it('is nothing for a first release', () => {
    expect(outlookOf(aPlan({}, { from: null }), past(40, 0), minute)).toBeNull();
  });
});

describe('the words for it', () => {
  const told = (...given: Parameters<typeof outlook>) => outlookLines(outlook(...given)).join('\n');

  it('say rate, errors and both ends', () => {
    expect(told('threshold', past(200, 0.005))).toBe(
      `verdict of the canary (threshold, 5 %), by playing expected traffic:
  At 200 requests/s (last hour) and 0.50 % errors: a clean canary can go on
  after about 5m; errors x5 go back after about 1m.`,
    );
  });

  it('say that there is too little traffic', () => {
    const short = { duration: '5m', maxDuration: '10m' };
    expect(outlookLines(outlook('sequential', past(1, 0.01), short)).slice(1)).toEqual([
      '  At 1 request/s (last hour) and 1.67 % errors: no verdict within 10m: too',
      '  little traffic (see canary.synthetic), or too narrow margins.',
    ]);
    expect(told('sequential', past(20, 0.01), short).replace(/\s+/g, ' ')).toContain(
      'or too narrow margins for a clean canary; errors x5 go back after about',
    );
  });

  it('say which errors are meant where there are none', () => {
    expect(told('threshold', past(200, 0))).toContain('and no errors: a clean canary can go on');
    expect(told('threshold', past(200, 0))).toContain('1.00 % errors go back');
  });

  it('say what is not known', () => {
    expect(told('threshold', [])).toContain('The rate of requests is unknown');
  });

  it.each([[[]], [past(1000, 0.123)], [past(1, 0.01)]])('fit 80 columns: %#', (cells) => {
    const lines = outlookLines(outlook('threshold', cells, { synthetic: { rate: 7.5, requests: [{ path: '/' }] } }));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
