// npm run bench [-- --quick] [-- --only=lossless,split]
// Measures what Sluice promises, writes docs/performance.md after a whole run, and prints one line of figures last. Fails
// when something could not be measured, not when a goal was missed: timings of a shared machine are no test.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import prettier from 'prettier';
import { measureCached } from './measurements/cached.mjs';
import { measureExecutors } from './measurements/executors.mjs';
import { measureHistogram } from './measurements/histogram.mjs';
import { measureHook } from './measurements/hook.mjs';
import { measureLossless } from './measurements/lossless.mjs';
import { measureMemory } from './measurements/memory.mjs';
import { measureRollback } from './measurements/rollback.mjs';
import { measureRouter } from './measurements/router.mjs';
import { measureSplit } from './measurements/split.mjs';
import { measureWithdrawal } from './measurements/withdrawal.mjs';
import { pageOf } from './page.mjs';

const measurements = {
  lossless: measureLossless,
  withdrawal: measureWithdrawal,
  rollback: measureRollback,
  executors: measureExecutors,
  hook: measureHook,
  cached: measureCached,
  router: measureRouter,
  memory: measureMemory,
  split: measureSplit,
  histogram: measureHistogram,
};
const page = new URL('../../docs/performance.md', import.meta.url);

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const { quick, only } = values;
// they install a workspace first, which takes longer than all the others together
const isLong = (name) => name === 'executors' || name === 'cached';
const chosen = only?.split(',') ?? Object.keys(measurements).filter((name) => !quick || !isLong(name));
const unknown = chosen.filter((name) => !(name in measurements));
if (unknown.length > 0) {
  console.error(`There is no measurement ${unknown.join(', ')}; there are ${Object.keys(measurements).join(', ')}.`);
  process.exit(1);
}

const begun = performance.now();
const results = {};
for (const name of chosen) {
  const started = performance.now();
  try {
    results[name] = await measurements[name]({ quick });
  } catch (error) {
    results[name] = [
      { figure: name, goal: '', measured: error.message, met: null, short: `${name} failed`, fatal: true },
    ];
    console.error(error);
  }
  console.log(`\n${name} (${Math.round((performance.now() - started) / 1000)} s)`);
  for (const { figure, goal, measured, met } of results[name]) {
    console.log(`  ${met === null ? '-- ' : met ? 'ok ' : 'NO '} ${figure}\n      ${measured}; goal: ${goal}`);
  }
}

const all = Object.values(results).flat();
const failed = all.some(({ fatal }) => fatal);
if (!quick && !only && !failed) {
  const text = pageOf(results, { command: 'npm run bench', minutes: Math.round((performance.now() - begun) / 60_000) });
  const options = await prettier.resolveConfig(page);
  writeFileSync(page, await prettier.format(text, { ...options, parser: 'markdown' }));
}
const missed = all.filter(({ met }) => met === false).length;
console.log(
  `\nbench${quick ? ' --quick' : ''}: ${all.map(({ short }) => short).join('; ')}; ${missed} of ${all.length} goals missed`,
);
process.exitCode = failed ? 1 : 0;
