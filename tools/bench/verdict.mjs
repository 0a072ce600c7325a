// node tools/bench/verdict.mjs: how long the judge `sequential` takes for an interval and a verdict, with ten metrics of a service's own
// beside errors and four quantiles of latency, and how large its state is. Needs a build.
import { createRequire } from 'node:module';

const { judgeSettings, bareConfig, sequentialJudge } = createRequire(import.meta.url)('@sluice/core');

const seconds = 10;
const intervals = 360;
const amounts = { worse: 'higher', weight: 0.5, abort: { ratio: 1.1 }, promote: { ratio: 1.25 } };
const rate = { ratio: 1.2, absolute: 0 };
const kinds = {
  ratio: { kind: 'ratio', worse: 'higher', weight: 0.5, abort: rate, promote: rate },
  histogram: { kind: 'histogram', quantiles: [0.5, 0.95], ...amounts },
  'histogram, 3 quantiles': { kind: 'histogram', quantiles: [0.5, 0.9, 0.99], ...amounts },
  gauge: { kind: 'gauge', ...amounts },
};
const mixes = {
  none: [],
  'ten: 4 ratios, 3 histograms, 3 gauges': [
    ...Array(4).fill(kinds.ratio),
    ...Array(3).fill(kinds.histogram),
    ...Array(3).fill(kinds.gauge),
  ],
  'ten histograms': Array(10).fill(kinds.histogram),
  'ten histograms of 3 quantiles': Array(10).fill(kinds['histogram, 3 quantiles']),
};

let seed = 1;
const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
const factor = 1.1 ** (1 / 12);
/** Log-normal with a median of 100, in buckets as the router has them. */
function histogramOf(count) {
  const counts = new Map();
  for (let i = 0; i < count; i += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const bucket = Math.ceil(Math.log(100 * Math.exp(0.6 * normal)) / Math.log(factor));
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([at, number]) => [Number((factor ** at).toPrecision(6)), number]);
}
const layout = { factor: 1.008, step: 1e-6 };
const slots = [
  { slot: 'stable', release: 'a', requests: 1900 },
  { slot: 'canary', release: 'b', requests: 100 },
];
const told = {
  ratio: ({ slot, release, requests }) => ({ slot, release, hits: Math.round(requests * 0.05), of: requests }),
  histogram: ({ slot, release, requests }) => ({ slot, release, values: histogramOf(requests) }),
  gauge: ({ slot, release, requests }) => ({ slot, release, sum: requests * (9 + 2 * random()), count: requests }),
};
const intervalOf = (at, metrics) => ({
  ...{ from: at * seconds * 1000, to: (at + 1) * seconds * 1000, layout },
  slots: slots.map((slot) => ({ ...slot, errors: 5, synthetic: 0, latency: histogramOf(slot.requests) })),
  metrics: Object.fromEntries(
    Object.entries(metrics).map(([name, { kind }]) => [name, { kind, layout, slots: slots.map(told[kind]) }]),
  ),
});

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
for (const [what, list] of Object.entries(mixes)) {
  const metrics = Object.fromEntries(list.map((settings, at) => [`metric-${at}`, settings]));
  const settings = judgeSettings({ ...bareConfig().canary, method: 'sequential', metrics });
  const judge = sequentialJudge(settings);
  const [observing, judging] = [[], []];
  let state = judge.start(0);
  for (let at = 0; at < intervals; at += 1) {
    const interval = intervalOf(at, metrics);
    const begun = performance.now();
    state = judge.observe(state, interval);
    const observed = performance.now();
    judge.evidence(state, interval.to);
    observing.push(observed - begun);
    judging.push(performance.now() - observed);
  }
  const size = (JSON.stringify(state).length / 1024).toFixed(1);
  console.log(
    `${what}: an interval ${median(observing).toFixed(3)} ms, a verdict ${median(judging).toFixed(3)} ms, state ${size} KiB`,
  );
}
