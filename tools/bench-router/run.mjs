// node tools/bench-router/run.mjs [--rounds=5] [--seconds=4] [--router=packages/host/dist/router/main.js]
// Compares pass-through proxies, and the router where it is built, in alternating rounds on 127.0.0.1; prints medians
// and their ratios to bare undici. Before: npm install --no-save http-proxy-3@1.23 fastify@5 @fastify/reply-from@12
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { startRouter } from './router.mjs';

const built = fileURLToPath(new URL('../../packages/host/dist/router/main.js', import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    router: { type: 'string', default: built },
  },
});
const rounds = Number(values.rounds);
const duration = Number(values.seconds);
const reference = 'undici';

const loads = {
  'GET 1 KB': { connections: 50 },
  'POST 16 KB': {
    connections: 20,
    method: 'POST',
    body: 'x'.repeat(16_384),
    headers: { 'content-type': 'application/octet-stream' },
  },
};

async function start(name, file, ...args) {
  const child = fork(new URL(file, import.meta.url), args);
  const [port] = await once(child, 'message');
  return { name, port, stop: () => child.kill() };
}

async function measure({ name, port }, options) {
  const result = await autocannon({ url: `http://127.0.0.1:${port}/`, duration, ...options });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${name}: ${failed} failed requests`);
  return { rate: result.requests.average, p99: result.latency.p99 };
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

const upstream = await start('direct', 'upstream.mjs');
const targets = [upstream];
for (const name of [reference, 'http-proxy-3', 'reply-from']) {
  targets.push(await start(name, 'proxies.mjs', name, String(upstream.port)));
}
if (existsSync(values.router)) targets.push(await startRouter(values.router, upstream.port));

for (const [load, options] of Object.entries(loads)) {
  const samples = targets.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < targets.length; turn += 1) {
      const index = (round + turn) % targets.length; // so that none is always first or last
      samples[index].push(await measure(targets[index], options));
    }
  }
  const medians = targets.map(({ name }, index) => ({
    name,
    rate: median(samples[index].map(({ rate }) => rate)),
    p99: median(samples[index].map(({ p99 }) => p99)),
  }));
  const base = medians.find(({ name }) => name === reference);
  console.log(`\n${load}, medians of ${rounds} rounds of ${duration} s, ratios to ${reference}`);
  for (const { name, rate, p99 } of medians) {
    const rateText = `${String(Math.round(rate)).padStart(7)} requests/s (${(rate / base.rate).toFixed(2)})`;
    console.log(`  ${name.padEnd(13)}${rateText}  p99 ${String(p99).padStart(4)} ms (${(p99 / base.p99).toFixed(2)})`);
  }
}

for (const { stop } of targets) await stop();
