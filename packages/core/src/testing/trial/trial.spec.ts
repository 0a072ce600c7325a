import { sequentialJudge } from '../../analysis/sequential';
import { dispersionFrom } from '../../analysis/sequential/history';
import { aConfig } from '../builders';
import { seededRandom } from '../random';
import { countOf, quantile } from '../../analysis/histogram';
import { drawSpread } from './latency-table';
import { trialRules, type Rule } from './rules';
import { harmful, healthy, promotion, type Scenario } from './scenarios';
import { openTraffic } from './traffic';
import { tryOnce } from './trial';

jest.setTimeout(60_000);

const [own] = trialRules;
const byThresholds = trialRules.filter(({ promotes }) => !promotes);
const named = (scenarios: readonly Scenario[], name: string): Scenario => {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};
const seeds = [1, 2, 3, 4, 5, 6, 7];
const endsOf = (scenario: Scenario, rules: readonly (Rule | undefined)[]) =>
  seeds.map((seed) =>
    tryOnce(
      scenario,
      rules.flatMap((rule) => rule ?? []),
      seed,
    ),
  );
const middle = (times: number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
const after = (scenario: Scenario) => middle(endsOf(scenario, [own]).map(([end]) => end?.after ?? Infinity));

describe('the judge, tried on seeded canaries', () => {
  it.each(['plain', 'bursts', 'drift'])('aborts no healthy release within an hour: %s', (name) => {
    const ends = endsOf(named(healthy, name), [own]);
    expect(ends.flat()).toEqual(seeds.map(() => null));
  });

  it('while rules by thresholds abort them', () => {
    const ends = endsOf(named(healthy, 'plain'), byThresholds).flat();
    expect(ends.filter((end) => end?.said === 'abort').length).toBeGreaterThan(ends.length / 2);
  });

  it.each([
    ['errors x5', 70],
    ['errors +5 points', 40],
    ['latency +100 %', 50],
    ['latency +25 %', 160],
  ])('aborts %s within %p s, half of the time', (name, most) => {
    expect(after(named(harmful, name))).toBeLessThanOrEqual(most);
  });

  it('promotes a healthy release within eight minutes, half of the time, and none with twice the errors', () => {
    expect(after(named(promotion, 'healthy'))).toBeLessThanOrEqual(480);
    const worse = endsOf(named(promotion, 'errors x2'), [own]).flat();
    expect(worse.filter((end) => end?.said === 'promote')).toEqual([]);
  });

  it('lets mann-whitney find what is much worse at its first look, and promote what is twice as bad at some', () => {
    const mannWhitney = trialRules.find(({ name }) => name === 'Mann-Whitney');
    const first = { said: 'abort', after: 300 };
    expect(endsOf(named(harmful, 'errors x5'), [mannWhitney]).flat()).toEqual(seeds.map(() => first));
    expect(endsOf(named(promotion, 'errors x2'), [mannWhitney]).flat()).toContainEqual({ said: 'promote', after: 300 });
  });

  it('gives the same for the same seed', () => {
    expect(endsOf(named(harmful, 'errors x2'), trialRules)).toEqual(endsOf(named(harmful, 'errors x2'), trialRules));
  });
});

describe('the traffic of a trial', () => {
  it('has the rates, the split and the latencies that it says', () => {
    const traffic = openTraffic(named(healthy, 'plain').setting, 3);
    const slots = Array.from({ length: 100 }, () => traffic.next().slots).flat();
    const sum = (name: string, pick: (slot: (typeof slots)[number]) => number) =>
      slots.filter(({ slot }) => slot === name).reduce((total, slot) => total + pick(slot), 0);
    const all = sum('stable', (slot) => slot.requests) + sum('canary', (slot) => slot.requests);
    expect(all / 200_000).toBeCloseTo(1, 1);
    expect(sum('canary', (slot) => slot.requests) / all).toBeCloseTo(0.05, 2);
    expect(sum('stable', (slot) => slot.errors) / sum('stable', (slot) => slot.requests)).toBeCloseTo(0.005, 3);
  });

  it.each([50, 5000])('spreads %p latencies log-normally', (requests) => {
    const random = seededRandom(requests);
    const drawn = Array.from({ length: 100_000 / requests }, () => drawSpread(requests, 100, random));
    const all = drawn.flat().sort(([a], [b]) => a - b);
    expect(countOf(all)).toBe(100_000);
    expect((quantile(all, 0.5) ?? 0) / 100).toBeCloseTo(1, 1);
    expect((quantile(all, 0.95) ?? 0) / (100 * Math.exp(1.645 * 0.6))).toBeCloseTo(1, 1);
  });

  it('has bursts that the history shows', () => {
    const { quantiles } = aConfig().canary.latency;
    const phi = (name: string) => dispersionFrom(openTraffic(named(healthy, name).setting, 5).history(), quantiles);
    expect(phi('plain').errors).toBeLessThan(2);
    expect(phi('bursts').errors).toBeGreaterThan(3);
    expect(phi('hosts that differ').latency[0]).toBeGreaterThan(1.5);
    expect(phi('plain').isKnown).toBe(true);
    expect(dispersionFrom([], quantiles)).toEqual({ errors: 2, latency: [2, 2, 2, 2], isKnown: false });
  });

  it('is what the judge takes, as it is', () => {
    const judge = sequentialJudge({ ...aConfig().canary, noData: 60_000 });
    const traffic = openTraffic(named(healthy, '2 requests/s').setting, 9);
    const intervals = Array.from({ length: 50 }, () => traffic.next());
    const state = intervals.reduce((all, interval) => judge.observe(all, interval), judge.start(0));
    expect(state).toMatchObject({ dropped: null, to: 500_000 });
  });
});
