import type { Interval, SlotFigures } from '../../analysis/figures';
import { mergeHistograms } from '../../analysis/histogram';
import type { InstanceCell } from '../../analysis/sequential/history';
import { seededRandom, type Random } from '../random';
import { bucketFactor, drawSpread } from './latency-table';

/** What chance does beside counting: nothing; errors in bursts; hosts that differ; load that drifts for all. */
export type Noise = 'plain' | 'bursts' | 'hosts' | 'drift';

/** What one release does worse than the other, from one interval to another. */
export interface Harm {
  errorRatio?: number;
  /** Added to the share of errors. */
  errorsMore?: number;
  latencyRatio?: number;
}

/** Two releases that answer the same users for an hour or so. */
export interface Setting {
  noise: Noise;
  /** Requests a second, over both. */
  rate: number;
  /** The canary's share of them, at an interval. */
  share(interval: number): number;
  /** What the canary does worse in an interval; `null` for nothing. `when`: a moment that is drawn for each run, in [0, 1). */
  harm(interval: number, when: number): Harm | null;
  /** Each instance is slow and fails for half a minute now and then: one hundredth of the time. */
  hasHiccups: boolean;
}

export const seconds = 10;
const usual = { errors: 0.005, median: 100 };
const hosts = 4;
const historyBlocks = 30;
const meanBurst = 3;
const hiccup = { harm: { latencyRatio: 3, errorRatio: 5 }, intervals: 3, share: 0.01 };

/** The intervals of one run, by its seed, and what the instances of the baseline did in the half hour before. */
export function openTraffic(setting: Setting, seed: number) {
  const random = seededRandom(seed, 0x7a1);
  const isOfHosts = setting.noise === 'hosts';
  const factor = (deviation: number) => (isOfHosts ? Math.exp(deviation * random.normal()) : 1);
  const machine = () => ({ latency: factor(0.03), errors: factor(0.1), ill: 0 });
  const canary = machine();
  const stable = Array.from({ length: hosts }, machine);
  const drift = setting.noise === 'drift' ? openDrift(random) : () => ({ latency: 1, errors: 1, volume: 1 });
  const when = random.next();
  let count = 0;

  /** What an instance does worse by itself in the interval that begins. */
  const illness = (own: { ill: number }): Harm | null => {
    if (own.ill > 0) own.ill -= 1;
    else if (setting.hasHiccups && random.next() < hiccup.share / hiccup.intervals) own.ill = hiccup.intervals - 1;
    else return null;
    return hiccup.harm;
  };
  const answered = (requests: number, own: { latency: number; errors: number }, harm: Harm | null) => {
    const { errorRatio = 1, errorsMore = 0, latencyRatio = 1 } = harm ?? {};
    const share = Math.min(1, usual.errors * own.errors * errorRatio + errorsMore);
    return {
      requests,
      errors: setting.noise === 'bursts' ? bursts(requests, share, random) : random.binomial(requests, share),
      latency: drawSpread(requests, usual.median * own.latency * latencyRatio, random),
    };
  };
  const both = (one: { latency: number; errors: number }, other: { latency: number; errors: number }) => ({
    latency: one.latency * other.latency,
    errors: one.errors * other.errors,
  });

  return {
    history(): InstanceCell[] {
      return Array.from({ length: historyBlocks }, (_, block) => {
        const now = drift(60);
        return stable.map((own, i): InstanceCell => {
          const requests = random.poisson((setting.rate * 60 * now.volume) / hosts);
          return { instance: `${i}`, block, ...answered(requests, both(own, now), null) };
        });
      }).flat();
    },

    next(): Interval {
      const at = count++;
      const now = drift(seconds);
      const share = setting.share(at);
      const all = random.poisson(setting.rate * seconds * now.volume);
      const ofCanary = random.binomial(all, share);
      const parts = isOfHosts || setting.hasHiccups ? stable : stable.slice(0, 1);
      let left = all - ofCanary;
      const old = parts.map((own, i) => {
        const requests = random.binomial(left, 1 / (parts.length - i));
        left -= requests;
        return answered(requests, both(own, now), illness(own));
      });
      const worse = setting.harm(at, when) ?? illness(canary);
      const fresh = answered(ofCanary, both(canary, now), worse);
      const sum = (pick: (one: (typeof old)[number]) => number) => old.reduce((total, one) => total + pick(one), 0);
      const slots: SlotFigures[] = [
        {
          ...{ slot: 'stable', release: 'old', synthetic: 0 },
          ...{ requests: sum((one) => one.requests), errors: sum((one) => one.errors) },
          latency: mergeHistograms(old.map(({ latency }) => latency)),
        },
        { slot: 'canary', release: 'new', synthetic: 0, ...fresh },
      ];
      const from = at * seconds * 1000;
      return { from, to: from + seconds * 1000, slots, layout: { factor: bucketFactor, step: 0 } };
    },
  };
}

/** Errors that come several at a time: geometric bursts. */
function bursts(requests: number, share: number, random: Random): number {
  let errors = 0;
  for (let left = random.poisson((requests * share) / meanBurst); left > 0; left--) {
    errors += 1;
    while (random.next() < 1 - 1 / meanBurst) errors += 1;
  }
  return Math.min(requests, errors);
}

/** Load, latency and errors that drift for all, with a memory of minutes: AR(1), rho 0.95 in ten seconds. */
function openDrift(random: Random) {
  const deviations = { latency: 0.15, errors: 0.5, volume: 0.2 };
  const state = { latency: random.normal(), errors: random.normal(), volume: random.normal() };
  return (passed: number) => {
    const rho = 0.95 ** (passed / 10);
    for (const name of ['latency', 'errors', 'volume'] as const)
      state[name] = rho * state[name] + Math.sqrt(1 - rho ** 2) * random.normal();
    const factor = (name: keyof typeof state) => Math.exp(deviations[name] * state[name]);
    return { latency: factor('latency'), errors: factor('errors'), volume: factor('volume') };
  };
}
