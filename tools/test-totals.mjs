// node tools/test-totals.mjs RESULTS.json... prints `N passed, N failed`, the sum over the runners' own results.
// A file is what `jest --json` writes, or { passed, failed }. A missing file is a runner that died: one failure.
import { readFileSync } from 'node:fs';

function totals(path) {
  let results;
  try {
    results = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(`${path}: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
  if ('numTotalTests' in results) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, success } = results;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    // a failure outside every test, such as no tests at all or a missed threshold
    return { passed: numPassedTests, failed: success || failed > 0 ? failed : 1 };
  }
  const { passed, failed } = results;
  if (Number.isInteger(passed) && Number.isInteger(failed)) return { passed, failed };
  console.error(`${path}: neither jest's results nor { passed, failed }`);
  return { passed: 0, failed: 1 };
}

const all = process.argv.slice(2).map(totals);
const sum = (key) => all.reduce((total, each) => total + each[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;
