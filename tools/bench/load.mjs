// npm run bench:load [-- --only=memory,beside,same] [-- --rounds=5] [-- --seconds=10]
// What docs/load.md says of the load stage, measured with its own check: how the memory of services grows that leak and that do
// not, what a load run comes to beside the security stage, and how much two runs of one service differ. Prints a table each.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { configSchema, regressionCheck } from '@sluice/core';
import { loadCheck, secretsCheck } from '@sluice/adapters/checks';
import { interleaved, median, ms, ratio, whole } from './support/numbers.mjs';

const pidusage = createRequire(import.meta.resolve('@sluice/host/package.json'))('pidusage');
const root = fileURLToPath(new URL('../..', import.meta.url));
const MB = 1024 ** 2;

/** What each service does for a request, as a function body; `kept` is a list. */
const services = {
  'answers a word': '',
  'makes 30 KB of JSON':
    'body = JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ i, text: request.url + "x".repeat(30) })));',
  'keeps the last 5,000 of 4 KB': 'kept.push(Buffer.alloc(4096, 1)); if (kept.length > 5000) kept.shift();',
  'keeps the last 50 of 8 KB': 'kept.push(new Array(1000).fill(kept.length)); if (kept.length > 50) kept.shift();',
  'leaks 1 KB': 'kept.push(new Array(128).fill(kept.length));',
  'leaks 8 KB': 'kept.push(new Array(1000).fill(kept.length));',
};

async function withService(body, use) {
  const program = `
    setTimeout(() => process.exit(9), 300_000).unref();
    const kept = [];
    require('node:http').createServer((request, response) => { let body = 'fine'; ${body}; response.end(body); })
      .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(child.stdout, 'data');
    return await use(`http://127.0.0.1:${String(port).trim()}`, child.pid);
  } finally {
    child.kill('SIGKILL');
  }
}

/** One run of the load check; `load` as in sluice.json. */
const runLoad = (body, load) =>
  withService(body, async (baseUrl, pid) => {
    const settings = configSchema.parse({
      runtime: { command: ['node'] },
      environments: { staging: { port: 4001 }, production: { port: 4002 } },
      load: { maxMemoryGrowth: '100GB', ...load },
    }).load;
    const usage = async () => {
      const { cpu, memory } = await pidusage(pid);
      return { cpuPercent: cpu, memoryBytes: memory, restarts: 0 };
    };
    let run = null;
    const { figures } = await loadCheck(settings, (found) => (run = found)).run(
      { baseUrl, usage },
      new AbortController().signal,
    );
    return { figures, run };
  });

async function measureMemory({ rounds, seconds }) {
  const rows = [];
  for (const [name, body] of Object.entries(services)) {
    const found = [];
    for (let round = 0; round < rounds; round += 1) found.push(await runLoad(body, { duration: `${seconds}s` }));
    const of = (key) => found.map(({ figures }) => figures[key]);
    const growths = of('memoryGrowthBytes').map((bytes) => (bytes / MB).toFixed(1));
    rows.push([name, whole(median(of('rate'))), `${whole(median(of('memoryMaxBytes')) / MB)} MB`, growths.join(', ')]);
  }
  return [['a service that', 'requests/s', 'most memory', 'steady growth in MB, each run'], ...rows];
}

/** The security stage's scan of this repository, again and again, in a process of its own. */
async function beside(use) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--scan'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    return await use();
  } finally {
    child.kill('SIGKILL');
  }
}

async function scanForever() {
  const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  console.log('scanning');
  for (;;) await secretsCheck().run({ root, files }, new AbortController().signal);
}

async function measureBeside({ rounds, seconds }) {
  const rows = [];
  for (const [name, load] of [
    ['as fast as it goes', {}],
    ['200 requests/s', { rate: 200 }],
  ]) {
    const once = () => runLoad(services['makes 30 KB of JSON'], { duration: `${seconds}s`, ...load });
    const [alone, both] = await interleaved([once, () => beside(once)], rounds, (measure) => measure());
    const of = (runs, key) => median(runs.map(({ figures }) => figures[key]));
    for (const [key, label, show] of [
      ['rate', 'requests/s', whole],
      ['p50Ms', 'p50', ms],
      ['p95Ms', 'p95', ms],
      ['p99Ms', 'p99', ms],
    ]) {
      const [one, other] = [of(alone, key), of(both, key)];
      rows.push([`${name}: ${label}`, show(one), show(other), ratio(other / one)]);
    }
  }
  return [['medians', 'alone', 'beside security', 'times'], ...rows];
}

/** Each run beside the one before it, as if that were the live release. */
async function measureSame({ rounds, seconds }) {
  const rows = [];
  for (const [name, load] of [
    ['as fast as it goes', {}],
    ['200 requests/s', { rate: 200 }],
  ]) {
    const runs = [];
    for (let turn = 0; turn < 2 * rounds + 1; turn += 1)
      runs.push((await runLoad(services['makes 30 KB of JSON'], { duration: `${seconds}s`, ...load })).run);
    for (const allowed of [0.1, 0.2, 0.5]) {
      const pairs = runs.slice(1).map((own, at) => ({ own, live: { release: { id: 'before' }, run: runs[at] } }));
      const results = [];
      for (const pair of pairs) results.push(await regressionCheck(allowed).run(pair, new AbortController().signal));
      const warned = results.filter(({ status }) => status === 'warn').length;
      rows.push([name, String(allowed), `${warned} of ${results.length}`]);
    }
  }
  return [['the same service twice', 'maxRegression', 'warned'], ...rows];
}

const measurements = { memory: measureMemory, beside: measureBeside, same: measureSame };

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(measurements).join(',') },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '10' },
      scan: { type: 'boolean', default: false },
    },
  });
  if (values.scan) return scanForever();
  const settings = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
  for (const name of values.only.split(',')) {
    const measure = measurements[name];
    if (!measure)
      throw new Error(`There is no measurement ${name}; there are ${Object.keys(measurements).join(', ')}.`);
    const [head, ...rows] = await measure(settings);
    const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
    console.log(`\n${lines.join('\n')}`);
  }
}

await main();
