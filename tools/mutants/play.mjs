// Plays seeds against the core that was built beside it, until one of them breaks a rule: the test of mutants.
import Module, { createRequire } from 'node:module';

const seeds = Number(process.argv[2] ?? 1000);
const part = 5;

// Stryker asks at every expression which mutant is active, and counts what is reached: without that it is six times as fast
const active = process.env.__STRYKER_ACTIVE_MUTANT__;
const { _compile: compile } = Module.prototype;
Module.prototype._compile = function (text, file) {
  const fixed = text
    .replace(/stryMutAct_\w+\("(\d+)"\)/g, (_, id) => String(id === active))
    .replace(/stryCov_\w+\("\d+"(, "\d+")*\)/g, '0');
  return compile.call(this, fixed, file);
};

const { moments, simulate } = createRequire(import.meta.url)('../../packages/core/dist/testing/index.js');

for (let from = 1; from <= seeds; from += part) {
  const [odd] = await moments(from, 5 * part);
  if (odd) {
    console.log(`seed ${from}: ${odd.join(': ')}`);
    process.exit(1);
  }
  const [first] = (await simulate(from, part, { isDoubted: true })).broken;
  if (!first) continue;
  console.log(`seed ${first.seed}: ${first.violation.rule}: ${first.violation.detail}`);
  process.exit(1);
}
