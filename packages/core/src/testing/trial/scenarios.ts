import type { Harm, Noise, Setting } from './traffic';

/** One cell of a table: what happens, and for how long it is watched. */
export interface Scenario {
  name: string;
  setting: Setting;
  /** Of ten seconds. */
  intervals: number;
  /** Rules that promote are asked on: what counts is what they say of the whole time. */
  isPromotionHeld: boolean;
  /** When something begins to be wrong, in seconds. */
  begins: number;
}

const hour = 360;
const still = { rate: 200, share: () => 0.05, harm: () => null, hasHiccups: false };

const run = (name: string, over: Partial<Setting> = {}): Scenario => ({
  ...{ name, intervals: hour, isPromotionHeld: false, begins: 0 },
  setting: { ...still, noise: 'plain', ...over },
});
const whole = (name: string, over: Partial<Setting> = {}): Scenario => ({ ...run(name, over), isPromotionHeld: true });

const from = (start: number, harm: Harm) => ({ harm: (interval: number) => (interval >= start ? harm : null) });

/** Somewhere in the hour. */
const once = (long: number, harm: Harm): Partial<Setting> => ({
  harm(interval, when) {
    const start = Math.floor(when * (hour - long));
    return interval >= start && interval < start + long ? harm : null;
  },
});

const noises: Record<Noise, string> = { plain: 'plain', bursts: 'bursts', hosts: 'hosts that differ', drift: 'drift' };

/** Nothing is wrong with the canary: whoever aborts it is mistaken. */
export const healthy: readonly Scenario[] = [
  ...(['plain', 'bursts', 'hosts', 'drift'] as const).map((noise) => whole(noises[noise], { noise })),
  whole('pods that hiccup', { hasHiccups: true }),
  whole('a ramp 5, 25, 50 %, errors drift', { noise: 'drift', share: (i) => (i < 120 ? 0.05 : i < 240 ? 0.25 : 0.5) }),
  whole('2 requests/s', { rate: 2 }),
];

/** Something is wrong with it: the sooner it is aborted the better. */
export const harmful: readonly Scenario[] = [
  whole('errors x2', from(0, { errorRatio: 2 })),
  whole('errors x5', from(0, { errorRatio: 5 })),
  whole('errors +5 points', from(0, { errorsMore: 0.05 })),
  whole('latency +25 %', from(0, { latencyRatio: 1.25 })),
  whole('latency +100 %', from(0, { latencyRatio: 2 })),
  { ...whole('errors x5 from minute 30', from(180, { errorRatio: 5 })), begins: 1800 },
];

/** A hiccup of the canary alone, at a random moment: it is no regression. */
export const hiccup: readonly Scenario[] = [
  whole('10 s of 100 % errors', once(1, { errorsMore: 1 })),
  whole('20 s of 20 % errors', once(2, { errorsMore: 0.2 })),
  whole('30 s of 20 % errors', once(3, { errorsMore: 0.2 })),
];

/** Promotion: a healthy release, and two that are worse. */
export const promotion: readonly Scenario[] = [
  run('healthy'),
  run('errors x1.5', from(0, { errorRatio: 1.5 })),
  run('errors x2', from(0, { errorRatio: 2 })),
];
