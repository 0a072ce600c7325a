// node tools/bench-router/run.mjs [--rounds=5] [--seconds=4]
// Compares pass-through proxies in alternating rounds and prints medians as ratios to the first one.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' } },
});
const rounds = Number(values.rounds);
const duration = Number(values.seconds);

const loads = {
  'GET 1 KB': { connections: 50 },
  'POST 16 KB': {
    connections: 20,
    method: 'POST',
    body: 'x'.repeat(16_384),
    headers: { 'content-type': 'application/octet-stream' },
  },
};

async function start(file, ...args) {
  const child = fork(new URL(file, import.meta.url), args);
  const [port] = await once(child, 'message');
  return { child, port };
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

const upstream = await start('upstream.mjs');
const names = ['undici', 'http-proxy-3', 'reply-from'];
const targets = [{ name: 'direct', ...upstream }];
for (const name of names) targets.push({ name, ...(await start('proxies.mjs', name, String(upstream.port))) });

for (const [load, options] of Object.entries(loads)) {
  const samples = new Map(targets.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, port } of targets) {
      const result = await autocannon({ url: `http://127.0.0.1:${port}/`, duration, ...options });
      if (result.non2xx + result.errors > 0)
        throw new Error(`${name}: ${result.non2xx} non-2xx, ${result.errors} errors`);
      samples.get(name).push({ rate: result.requests.average, p99: result.latency.p99 });
    }
  }
  const medians = targets.map(({ name }) => ({
    name,
    rate: median(samples.get(name).map(({ rate }) => rate)),
    p99: median(samples.get(name).map(({ p99 }) => p99)),
  }));
  const reference = medians.find(({ name }) => name === names[0]);
  console.log(`\n${load}, medians of ${rounds} rounds of ${duration} s, ratios to ${names[0]}`);
  for (const { name, rate, p99 } of medians) {
    const ratio = (value, of) => (value / of).toFixed(2);
    console.log(
      `  ${name.padEnd(14)} ${String(Math.round(rate)).padStart(7)} requests/s (${ratio(rate, reference.rate)})` +
        `  p99 ${String(p99).padStart(4)} ms (${ratio(p99, reference.p99)})`,
    );
  }
}

for (const { child } of targets) child.kill();
