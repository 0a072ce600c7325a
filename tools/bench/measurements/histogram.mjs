import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { whole } from '../support/numbers.mjs';

const source = (path) => fileURLToPath(new URL(`../../../packages/${path}`, import.meta.url));
const require = createRequire(new URL('../../../packages/host/package.json', import.meta.url));
const million = 1_000_000;

/** What these modules export, bundled as they are for the processes. */
async function bundled(folder, modules) {
  const { outputFiles } = await build({
    stdin: {
      contents: modules.map((path) => `export * from '${path}';`).join(''),
      resolveDir: source(folder),
      loader: 'ts',
    },
    ...{ bundle: true, write: false, platform: 'node', format: 'cjs', target: 'node20' },
    external: ['@sluice/core', 'hdr-histogram-js'],
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(module, module.exports, require);
  return module.exports;
}

/** How many observations a second one core takes, and how long a verdict over them takes. */
export async function measureHistogram({ quick }) {
  const rounds = quick ? 3 : 9;
  const { createFigures, createMinutes, createTally, readTally, recordLatency } = await bundled('host/src/router', [
    './figures',
    './minutes',
    './tally',
  ]);
  const judges = await bundled('core/src', ['./analysis/methods', './config/parse']);
  const latencies = logNormal(1 << 16);
  const latency = (n) => latencies[n & 0xffff];

  const tally = createTally({ slot: 'stable', release: 'a' });
  const observe = () => {
    for (let n = 0; n < million; n += 1) recordLatency(tally, latency(n));
  };

  const histogramOf = (requests) => {
    const counted = createTally({ slot: 'stable', release: 'a' });
    for (let n = 0; n < requests; n += 1) recordLatency(counted, latency(n));
    return readTally(counted).latency;
  };

  let now = 0;
  const minutes = createMinutes(60_000, () => undefined);
  const share = { slot: 'stable', release: 'a' };
  const route = { generation: 1, sequence: 1, slots: [{ ...share, weight: 100 }] };
  const figures = createFigures(route, () => now, { bucket: 1000, retention: 60_000 }, minutes);
  const count = () => {
    for (let n = 0; n < million; n += 1) {
      now += 0.001; // as if they came a million a second
      const ticket = figures.begin(share, false);
      ticket.sentTo('4300');
      ticket.answered(n % 200 === 0 ? 500 : 200, latency(n));
      ticket.end();
    }
  };
  const [observed, counted] = [timesOf(rounds, observe), timesOf(rounds, count)];
  return [
    rateRow('latencies that the histogram of the router takes', observed, 'histogram'),
    rateRow('requests that the router counts: errors, latency and history', counted, 'counting'),
    verdictRow(rounds, histogramOf, judges),
  ];
}

/** Median and slowest of the million. */
function rateRow(what, { median, slowest }, short) {
  const rate = (seconds) => whole(Math.round(million / seconds));
  return {
    figure: `${what}, on one core`,
    goal: '1,000,000/s',
    measured: `${rate(median)}/s (slowest round ${rate(slowest)}/s)`,
    met: million / median >= million,
    short: `${short} ${rate(median)}/s`,
  };
}

/** An interval and what it leads to, by the method `sequential` with its 4 quantiles, after an hour of intervals. */
function verdictRow(rounds, histogramOf, { gathered, judgeSettings, parseConfig, startJudge }) {
  const text = { runtime: { command: ['node'] }, environments: { staging: { port: 1 }, production: { port: 2 } } };
  const { canary } = parseConfig(JSON.stringify({ ...text, canary: { method: 'sequential' } }), 'sluice.json', null);
  const settings = judgeSettings(canary);
  const part = (slot, requests) => {
    const counts = { requests, errors: Math.floor(requests / 200), synthetic: 0 };
    return { slot, release: slot, ...counts, latency: histogramOf(requests) };
  };
  const slots = [part('canary', 100), part('stable', 1900)];
  const layout = { factor: 1 + 1 / 128, step: 0.001 };
  let state = startJudge(settings, 0, 0, 5);
  let at = 0;
  const next = () => {
    const interval = { from: at, to: (at += 10_000), slots, layout };
    state = gathered(settings, state).observe(interval);
    return gathered(settings, state).evidence(at, 'proof');
  };
  for (let n = 0; n < 360; n += 1) next();
  const each = 100;
  const { median, slowest } = timesOf(rounds, () => {
    for (let n = 0; n < each; n += 1) next();
  });
  const ms = (seconds) => `${((seconds / each) * 1000).toFixed(2)} ms`;
  return {
    figure: 'a verdict by `sequential` over errors and 4 quantiles: an interval of 2,000 requests and what it leads to',
    goal: '10 ms, a thousandth of the interval',
    measured: `${ms(median)} (slowest round ${ms(slowest)})`,
    met: (median / each) * 1000 <= 10,
    short: `verdict ${ms(median)}`,
  };
}

/** Seconds; the first round is to warm up. */
function timesOf(rounds, work) {
  work();
  const times = Array.from({ length: rounds }, () => {
    const begun = performance.now();
    work();
    return (performance.now() - begun) / 1000;
  }).sort((a, b) => a - b);
  return { median: times[times.length >> 1], slowest: times.at(-1) };
}

/** Around 100 ms, the same each time. */
function logNormal(count) {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  return Float64Array.from({ length: count }, () => 100 * Math.exp(0.6 * normal()));
}
