import { judgeSettings } from '../analysis/methods';
import { aConfig } from '../testing';
import { readRecord } from './record';
import { replay } from './replay';

const times = { minDuration: 300_000, maxDuration: 3_600_000 };
const { canary } = aConfig({
  canary: {
    method: 'sequential',
    metrics: {
      misses: { kind: 'ratio' },
      rows: { kind: 'histogram', quantiles: [0.5] },
      free_workers: { kind: 'gauge', worse: 'lower' },
    },
  },
});
const settings = judgeSettings(canary);

/** What one slot told in an interval; of the rows: up to 100, up to 200, and all. */
interface Told {
  misses?: [hits: number, count: number];
  rows?: [number, number, number];
  free?: [sum: number, count: number];
}
const usual: Told = { misses: [50, 1000], rows: [600, 950, 1000], free: [80, 10] };
const slotsOf = (told: Told) => [{ slot: 'stable', ...usual }, { slot: 'canary', ...told }]; // prettier-ignore
const intervals = 60;
const span = (i: number) => ({ from: i * 10_000, to: (i + 1) * 10_000 });

const columns =
  'm_misses_hits,m_misses_count,m_rows_le_100,m_rows_le_200,m_rows_le_inf,m_free_workers_sum,m_free_workers_count';
function csvOf(told: Told): string {
  const lines = Array.from({ length: intervals }, (_, i) =>
    slotsOf(told).map(({ slot, misses = ['', ''], rows = ['', '', ''], free = ['', ''] }) =>
      [span(i).from, span(i).to, slot, 1000, 5, ...misses, ...rows, ...free].join(),
    ),
  );
  return [`from,to,slot,requests,errors,${columns}`, ...lines.flat()].join('\n');
}
function jsonOf(told: Told): string {
  const slots = slotsOf(told).map(({ slot, misses, rows, free }) => ({
    ...{ slot, requests: 1000, errors: 5 },
    metrics: {
      ...(misses && { misses: { hits: misses[0], count: misses[1] } }),
      ...(rows && { rows: [[100, rows[0]], [200, rows[1] - rows[0]], [400, rows[2] - rows[1]]] }), // prettier-ignore
      ...(free && { free_workers: { sum: free[0], count: free[1] } }),
    },
  }));
  const all = Array.from({ length: intervals }, (_, i) => ({ ...span(i), slots }));
  return JSON.stringify({ metricEdges: { rows: [100, 200] }, intervals: all });
}

describe('metrics of a record', () => {
  it('are read from columns of their own', () => {
    const [first] = readRecord(csvOf({ misses: [70, 1000], rows: [600, 950, 1000] }), 'a.csv');
    const whose = (slot: string) => ({ slot, release: slot });
    const values = [[100, 600], [200, 350], [400, 50]]; // prettier-ignore
    expect(first?.metrics).toEqual({
      misses: {
        kind: 'ratio',
        slots: [{ ...whose('stable'), hits: 50, of: 1000 }, { ...whose('canary'), hits: 70, of: 1000 }], // prettier-ignore
      },
      rows: {
        ...{ kind: 'histogram', layout: { edges: [100, 200] } },
        slots: [
          { ...whose('stable'), values },
          { ...whose('canary'), values },
        ],
      },
      free_workers: { kind: 'gauge', slots: [{ ...whose('stable'), sum: 80, count: 10 }] },
    });
  });

  it.each<[string, Told, string, RegExp]>([
    ['as before', usual, 'inconclusive', /rows p50: its buckets are too coarse to show a margin/],
    ['with more misses', { ...usual, misses: [150, 1000] }, 'abort', /^misses 15\.00 % is above its limit/],
    ['with less free', { ...usual, free: [40, 10] }, 'abort', /^free_workers 4 is below its limit of 7\.27 /],
    ['without one', { rows: [600, 950, 1000] }, 'inconclusive', /custom metric misses: no data from the canary;/],
  ])('are judged, from CSV and JSON alike: a release %s', (_, told, verdict, why) => {
    const whole = replay(readRecord(csvOf(told), 'a.csv'), settings, times);
    expect([whole.verdict, whole.reasons.join('; ')]).toEqual([verdict, expect.stringMatching(why)]);
    expect(replay(readRecord(jsonOf(told), 'a.json'), settings, times)).toEqual(whole);
  });

  it.each([
    ['m_rows_hits', 'the metric "rows" has other columns than hits and count, sum and count, or le_<amount>'],
    ['m_rows_le_5,m_rows_count', 'the metric "rows" has other columns than'],
    ['m_Rows_hits', 'the column "m_Rows_hits" means nothing here'],
    ['m_rows_p95', 'the column "m_rows_p95" means nothing here'],
  ])('in the columns %s are refused', (names, problem) => {
    const read = () => readRecord(`from,to,slot,requests,errors,${names}\n`, 'a.csv');
    expect(read).toThrow(`a.csv can't be judged: ${problem}`);
  });

  it('that are told in a part of their cells only are refused', () => {
    const text = csvOf(usual).replace('80,10', '80,');
    expect(() => readRecord(text, 'a.csv')).toThrow('line 2 has "" for a number in "m_free_workers_count"');
  });
});
