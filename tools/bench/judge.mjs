// npm run bench:judge [-- --runs=1000] [-- --workers=N] [-- --dry] [-- --variants]
// Tries the judge beside other rules on seeded canaries, and writes the tables of docs/judge.md unless it is dry. `--variants`
// tries it beside other settings of itself, and only prints.
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import prettier from 'prettier';
import { tablesOf } from './judge-tables.mjs';

const { harmful, healthy, hiccup, promotion, trialRules, tryOnce, variantRules } = createRequire(import.meta.url)(
  '@sluice/core/testing',
);

const groups = { healthy, harmful, hiccup, promotion };
const page = new URL('../../docs/judge.md', import.meta.url);
const part = 25;
const rulesOf = (isOfVariants) => (isOfVariants ? variantRules : trialRules);

async function main() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000' },
      workers: { type: 'string', default: String(cpus().length) },
      dry: { type: 'boolean', default: false },
      variants: { type: 'boolean', default: false },
    },
  });
  const [runs, workers] = [Number(values.runs), Number(values.workers)];
  if (![runs, workers].every((number) => Number.isSafeInteger(number) && number > 0))
    throw new Error('--runs and --workers must be whole numbers from 1');
  const begun = performance.now();
  const results = await tryAll(runs, workers, values.variants);
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  const text = `Written by \`npm run bench:judge -- --runs=${runs}\`: seeds 1 to ${runs} of each cell, ${minutes} minutes.\n\n${tablesOf(groups, results, rulesOf(values.variants))}`;
  console.log(text);
  if (values.dry || values.variants) return;
  const [head, , tail] = readFileSync(page, 'utf8').split(/<!-- (?:begin|end) of the tables -->/);
  const whole = `${head}<!-- begin of the tables -->\n\n${text}\n<!-- end of the tables -->${tail}`;
  writeFileSync(page, await prettier.format(whole, { parser: 'markdown', printWidth: 120 }));
}

/** By group and scenario: how each run ended for each rule. */
async function tryAll(runs, workers, isOfVariants) {
  const results = {};
  const queue = Object.entries(groups).flatMap(([group, scenarios]) =>
    scenarios.flatMap((_, index) =>
      Array.from({ length: Math.ceil(runs / part) }, (_, i) => ({
        ...{ group, index, isOfVariants, from: 1 + i * part },
        count: Math.min(part, runs - i * part),
      })),
    ),
  );
  const all = queue.length;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const worker = new Worker(new URL(import.meta.url));
      for (let job; (job = queue.shift());) {
        worker.postMessage(job);
        const [ends] = await once(worker, 'message');
        ((results[job.group] ??= [])[job.index] ??= []).push(...ends);
        if (process.stderr.isTTY) process.stderr.write(`\r${all - queue.length} of ${all} parts`);
      }
      await worker.terminate();
    }),
  );
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
  return results;
}

if (isMainThread) await main();
else {
  parentPort.on('message', ({ group, index, isOfVariants, from, count }) => {
    const scenario = groups[group][index];
    parentPort.postMessage(Array.from({ length: count }, (_, i) => tryOnce(scenario, rulesOf(isOfVariants), from + i)));
  });
}
