import { drawLatencies } from '../testing/latencies';
import { seededRandom } from '../testing/random';
import { loadRunSchema, regressionCheck, type LoadRun } from './load-run';

const release = { id: '1a2b3c4d5e6f', commit: 'c0ffee', configuration: null };
const live = (run: LoadRun | null) => ({ release, run });

/** A run of twenty intervals. `median` in ms, `errors` a thousand requests. */
function aRun({ seed = 1, median = 10, errors = 0, requests = 500, intervals = 20, workload = 'w' } = {}): LoadRun {
  const random = seededRandom(seed);
  const interval = () => ({
    ...{ requests, errors: random.binomial(requests, errors / 1000) },
    latency: drawLatencies(requests, { median, sigma: 0.5 }, random),
  });
  return { version: 1, workload, intervals: Array.from({ length: intervals }, interval) };
}
const judge = (own: LoadRun | null, other: LoadRun | null, allowed = 0.2) =>
  regressionCheck(allowed).run({ own, live: live(other) }, new AbortController().signal);

describe('the comparison with the load run of the live release', () => {
  it('warns of a release that is clearly and materially slower, and says by how much', async () => {
    const { status, reason, figures } = await judge(aRun({ seed: 2, median: 15 }), aRun());

    expect(status).toBe('warn');
    expect(reason).toMatch(
      /^worse under load than 1a2b3c4d5e6f, which is live: latency p50 is 1\.\d+ times as high, by [45]\.\d+ ms; latency p95 /,
    );
    expect(figures['p50Ratio']).toBeCloseTo(1.5, 1);
  });

  it('warns of errors that there were none of', async () => {
    const { status, reason } = await judge(aRun({ seed: 2, errors: 8 }), aRun());

    expect(status).toBe('warn');
    expect(reason).toMatch(/live: error rate is higher, by 0\.\d+ percentage points$/);
  });

  it.each<[string, Parameters<typeof aRun>[0]]>([
    ['is as quick', { seed: 2 }],
    ['is quicker', { seed: 2, median: 6 }],
    ['is clearly slower, but not by much', { seed: 2, median: 11 }],
  ])('passes a release that %s', async (_, settings) => {
    expect(await judge(aRun(settings), aRun())).toMatchObject({
      status: 'pass',
      reason: 'no regression beside 1a2b3c4d5e6f, which is live',
    });
  });

  it('takes a larger difference where that is allowed', async () => {
    expect(await judge(aRun({ seed: 2, median: 15 }), aRun(), 1)).toMatchObject({ status: 'pass' });
  });

  it('warns of hardly any release that is the same', async () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const results = await Promise.all(
      seeds.map((seed) => judge(aRun({ seed: 2 * seed, requests: 60 }), aRun({ seed: 2 * seed + 1, requests: 60 }))),
    );

    expect(results.filter(({ status }) => status === 'warn')).toEqual([]);
  });

  it.each<[string, LoadRun | null, LoadRun | null, string]>([
    ['it has no intervals', null, aRun(), 'its load run has no measurements by interval'],
    ['none was kept', aRun(), null, 'no load run of 1a2b3c4d5e6f, which is live, was kept'],
    [
      'it was loaded otherwise',
      aRun(),
      aRun({ workload: 'x' }),
      '1a2b3c4d5e6f, which is live, was loaded in another way',
    ],
    ['too little was measured', aRun({ intervals: 2 }), aRun({ intervals: 2 }), 'too little was measured'],
  ])('is skipped where %s', async (_, own, other, reason) => {
    const result = await judge(own, other);

    expect(result.status).toBe('skip');
    expect(result.reason).toContain(reason);
  });

  it('is skipped where nothing is live', async () => {
    const result = await regressionCheck(0.2).run({ own: aRun(), live: null }, new AbortController().signal);

    expect(result).toMatchObject({ status: 'skip', reason: 'nothing is live that it could be compared with' });
  });

  it('reads what was kept, and nothing else', () => {
    const run = aRun();

    expect(loadRunSchema.parse(JSON.parse(JSON.stringify(run)))).toEqual(run);
    expect(loadRunSchema.safeParse({ ...run, version: 2 }).success).toBe(false);
    expect(loadRunSchema.safeParse({ ...run, intervals: [{ requests: -1, errors: 0, latency: [] }] }).success).toBe(
      false,
    );
  });
});
