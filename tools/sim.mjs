// Plays rollouts in which everything goes wrong: see docs/simulation.md. The code that is played is what was built.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const { addTallies, createCoverage, explain, simulate } = createRequire(import.meta.url)('@sluice/core/testing');

const usage = `npm run sim -- [--seeds=N] [--from=SEED] [--workers=N] [--story] [--json]

  --seeds    how many seeds to play: 10000
  --from     the first one: 1
  --workers  processes that play them: as many as there are cores
  --story    tells what happens in the first seed
  --json     prints the tally as JSON, for machines

Ends with 0 when every invariant held, with 1 when one did not, with 2 for wrong arguments.`;

const share = 1000;

async function main() {
  const { seeds, from, workers, story, json } = readArguments();
  if (story) return tell(from);
  const started = process.hrtime.bigint();
  const tally = await playAll(from, seeds, Math.min(workers, Math.ceil(seeds / share)), json);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (json) console.log(JSON.stringify({ from, workers, seconds, ...tally }, null, 2));
  else await report(tally, from, workers, seconds);
  return tally.broken.length === 0 ? 0 : 1;
}

function readArguments() {
  const options = {
    ...{ seeds: { type: 'string', default: '10000' }, from: { type: 'string', default: '1' } },
    ...{ workers: { type: 'string', default: String(cpus().length) }, story: { type: 'boolean', default: false } },
    ...{ json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  };
  try {
    const { values } = parseArgs({ options });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const whole = (name) => {
      const number = Number(values[name]);
      if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} must be a whole number from 1`);
      return number;
    };
    return { ...values, seeds: whole('seeds'), from: whole('from'), workers: whole('workers') };
  } catch (error) {
    console.error(`sim: ${error.message}\n\n${usage}`);
    return process.exit(2);
  }
}

/** Workers take the next thousand seeds each, until none are left. */
async function playAll(from, seeds, workers, isQuiet) {
  const tallies = [];
  const end = from + seeds;
  let next = from;
  let played = 0;
  const work = async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: 'play' });
    try {
      while (next < end) {
        const part = { from: next, seeds: Math.min(share, end - next) };
        next += part.seeds;
        tallies.push(await answerOf(worker, part));
        played += part.seeds;
        if (!isQuiet && process.stderr.isTTY) process.stderr.write(`\r${played} of ${seeds} seeds`);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  if (!isQuiet && process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
  return addTallies(tallies);
}

async function answerOf(worker, part) {
  worker.postMessage(part);
  const [tally] = await once(worker, 'message');
  return tally;
}

async function report(tally, from, workers, seconds) {
  const coverage = createCoverage();
  coverage.add(tally.coverage);
  const list = (counts) =>
    Object.entries(counts)
      .sort((a, b) => b[1] - a[1])
      .map(([name, times]) => `${String(times).padStart(9)}  ${name}`);
  console.log(
    [
      ...['How the last rollout of each seed ended', ...list(tally.ends), ''],
      ...['What went wrong', ...list(tally.troubles), ''],
      ...['What came to each phase (".": can not happen)', ...coverage.table(), ''],
    ].join('\n'),
  );
  const missing = coverage.missing();
  if (missing.length > 0) console.log(`Never reached: ${missing.join(', ')}\n`);
  for (const { seed, violation } of tally.broken.slice(0, 3)) await tell(seed, violation);
  const rate = Math.round(tally.rollouts / seconds);
  console.log(
    [
      `seeds ${from} to ${from + tally.seeds - 1}: ${tally.rollouts} rollouts, ${tally.drivers} drivers, ` +
        `${seconds.toFixed(1)} s, ${rate} rollouts/s with ${workers} worker${workers > 1 ? 's' : ''}`,
      `coverage ${(100 * coverage.share()).toFixed(1)} %, invariants broken by ${tally.broken.length} seeds`,
    ].join('\n'),
  );
}

async function tell(seed, violation = null) {
  const { scenario, violations, story } = await explain(seed);
  if (violation) console.log(`Seed ${seed} breaks "${violation.rule}": ${violation.detail}\nIts shortest story:`);
  console.log(`${story.join('\n')}\n\n${JSON.stringify(scenario)}\n`);
  return violations.length === 0 ? 0 : 1;
}

if (isMainThread) process.exitCode = await main();
else if (workerData === 'play') {
  parentPort.on(
    'message',
    ({ from, seeds }) => void simulate(from, seeds).then((tally) => parentPort.postMessage(tally)),
  );
}
