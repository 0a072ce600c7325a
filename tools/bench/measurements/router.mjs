import { createRequire } from 'node:module';
import { installLibraries, startHaproxy, startLibrary } from '../router/rivals.mjs';
import { start, startRouter } from '../router/start.mjs';
import { interleaved, median, ms, ratio, whole } from '../support/numbers.mjs';
import { processorTimeOf } from '../support/processes.mjs';

// what the load test of Sluice sends its requests with
const autocannon = createRequire(import.meta.resolve('@sluice/adapters/package.json'))('autocannon');

const rivals = ['http-proxy-3', 'reply-from'];
const bare = 'undici, bare';

const loads = {
  'GET 1 KB': { connections: 50 },
  'POST 16 KB': {
    connections: 20,
    method: 'POST',
    body: 'x'.repeat(16_384),
    headers: { 'content-type': 'application/octet-stream' },
  },
};

/** The router beside proxy libraries with one worker each, as ratios to the better of the two. */
export async function measureRouter({ quick }) {
  const rounds = quick ? 3 : 5;
  const duration = quick ? 1.5 : 4;
  installLibraries();
  const targets = [];
  try {
    const upstream = await start('upstream.mjs');
    targets.push({ name: 'upstream', ...upstream });
    const router = await startRouter();
    targets.push({ name: 'sluice', ...router });
    await router.put([['stable', 100, upstream.port]]);
    for (const name of rivals) targets.push({ name, ...(await startLibrary(name, upstream.port)) });
    if (!quick) targets.push({ name: bare, ...(await startLibrary('undici', upstream.port)) });
    const haproxy = await startHaproxy(upstream.port);
    if (haproxy) targets.push({ name: 'HAProxy', ...haproxy });

    const figures = [];
    const proxies = targets.slice(1);
    for (const target of proxies) await load(target, loads['GET 1 KB'], quick ? 1.5 : 3); // until it is compiled
    for (const [name, options] of Object.entries(loads).slice(0, quick ? 1 : 2)) {
      const samples = await interleaved(proxies, rounds, (target) => load(target, options, duration));
      const results = proxies.map((target, index) => ({
        name: target.name,
        rate: median(samples[index].map(({ rate }) => rate)),
        p99: median(samples[index].map(({ p99 }) => p99)),
        work: median(samples[index].map(({ work }) => work)),
      }));
      figures.push(...figuresOf(name, results, rounds, haproxy !== null));
    }
    return figures;
  } finally {
    for (const { stop } of targets.reverse()) await stop();
  }
}

/** `work` is requests a second of processor time: what one worker could do if it had a processor to itself. */
export async function load({ name, port, pid }, options, duration) {
  const before = processorTimeOf(pid);
  const result = await autocannon({ url: `http://127.0.0.1:${port}/`, ...(duration ? { duration } : {}), ...options });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${name}: ${failed} failed requests`);
  const { total } = result.requests;
  return { rate: total / result.duration, p99: result.latency.p99, work: total / (processorTimeOf(pid) - before) };
}

function figuresOf(load, results, rounds, hasHaproxy) {
  const of = (wanted) => results.find(({ name }) => name === wanted);
  const sluice = of('sluice');
  const best = Math.max(...rivals.map((name) => of(name).rate));
  const quickest = Math.min(...rivals.map((name) => of(name).p99));
  const work = Math.max(...rivals.map((name) => of(name).work));
  const told = (key, text) => results.map((result) => `${result.name} ${text(result[key])}`).join(', ');
  return [
    {
      figure: `router, ${load}: requests/s beside the faster of ${rivals.join(' and ')}, medians of ${rounds}`,
      goal: 'at least 1.00 times',
      measured: `${ratio(sluice.rate / best)} times (${told('rate', whole)}${hasHaproxy ? '' : '; HAProxy is not installed'})`,
      met: sluice.rate >= best,
      short: `router ${load} ${ratio(sluice.rate / best)}x`,
    },
    ...(Number.isNaN(work)
      ? []
      : [
          {
            figure: `router, ${load}: the same a second of the proxy's own processor time`,
            goal: 'at least 1.00 times',
            measured: `${ratio(sluice.work / work)} times (${told('work', whole)})`,
            met: sluice.work >= work,
            short: `by processor time ${ratio(sluice.work / work)}x`,
          },
        ]),
    {
      figure: `router, ${load}: p99 beside the better of the two`,
      goal: 'at most 1.00 times',
      measured: `${ratio(sluice.p99 / quickest)} times (${told('p99', ms)})`,
      met: sluice.p99 <= quickest,
      short: `p99 ${ratio(sluice.p99 / quickest)}x`,
    },
  ];
}
