// npm run demo: deploys examples/app three times with real traffic on it, checks what came of it, and leaves it serving.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { environments } = JSON.parse(readFileSync(join(root, 'examples/app/sluice.json'), 'utf8'));
const port = environments.production.port;
const url = `http://127.0.0.1:${port}`;
const begun = performance.now();
const timings = [];
const problems = [];
let nx = null;
let interrupted = false;

/** Runs nx and answers its exit code. What it prints is shown, or, with `quietly`, given back as `text`. */
function runNx(args, { quietly = false } = {}) {
  return new Promise((resolve, reject) => {
    nx = spawn(process.execPath, [join(root, 'node_modules/.bin/nx'), 'run', ...args], {
      cwd: root,
      env: { ...process.env, NX_TUI: 'false' },
      stdio: ['ignore', quietly ? 'pipe' : 'inherit', 'inherit'],
    });
    let text = '';
    nx.stdout?.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    nx.on('error', reject);
    nx.on('close', (code) => resolve({ code, text }));
  });
}

/** Says what is run and what to look at, runs it, and notes how long it took. */
async function show(target, look, ...options) {
  console.log(`\n$ nx run ${[target, ...options].join(' ')}\n  ${look}`);
  const started = performance.now();
  const { code } = await runNx([target, ...options]);
  timings.push(`${target} ${Math.round((performance.now() - started) / 1000)} s`);
  if (interrupted) throw new Error('the demo was interrupted');
  return code;
}

async function readJson(target) {
  const { code, text } = await runNx([target, '--json'], { quietly: true });
  if (code !== 0) throw new Error(`nx run ${target} --json ended with ${code}:\n${text}`);
  return JSON.parse(text.slice(text.search(/[[{]/), Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1));
}

const production = async () =>
  (await readJson('app:deploy-status')).environments.find(({ environment }) => environment === 'production');

function check(isSo, what) {
  console.log(`  ${isSo ? 'ok' : 'NOT SO'}: ${what}`);
  if (!isSo) problems.push(what);
}

/** Twenty requests a second over a few kept connections, as users send them; at most 15 minutes of it. */
function sendTraffic() {
  const perSecond = 20;
  const most = perSecond * 60 * 15;
  const paths = ['/', '/api/quote?items=3'];
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const counts = { sent: 0, byRelease: {}, failed: {} };
  const open = new Set();
  const started = performance.now();
  const count = (table, key) => (table[key] = (table[key] ?? 0) + 1);
  const send = () => {
    counts.sent += 1;
    const answered = new Promise((resolve) => {
      const request = get(`${url}${paths[counts.sent % paths.length]}`, { agent, timeout: 10_000 }, (response) => {
        const release = response.headers['x-release'] ?? 'no release';
        count(counts.byRelease, release);
        if (response.statusCode !== 200) count(counts.failed, `${response.statusCode} of ${release}`);
        response.resume().on('close', resolve);
      });
      request.on('timeout', () => request.destroy(new Error('no answer within 10 s')));
      request.on('error', (error) => {
        count(counts.failed, error.message);
        resolve();
      });
    });
    open.add(answered);
    void answered.then(() => open.delete(answered));
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
    while (counts.sent < Math.min(due, most) && open.size < 50) send();
    if (due >= most) clearInterval(timer);
  }, 1000 / perSecond);
  return {
    counts,
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
    },
  };
}

const listed = (table) =>
  Object.entries(table)
    .map(([key, count]) => `${count} ${key}`)
    .join(', ') || 'none';

let traffic = null;

// a rollout that is under way goes on in the host: nx gets the signal as well, and says how to attach to it
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    nx?.kill(signal);
    traffic?.stop();
    interrupted = true;
  });
}

async function main() {
  const before = await production();
  const wasLive = before?.releases.stable != null;
  if (wasLive) {
    console.log(`The app is live already: ${before.releases.stable.configuration ?? 'first'} answers at ${url}.`);
    traffic = sendTraffic();
  }

  const first = await show(
    'app:deploy-prod',
    wasLive && before.releases.stable.configuration !== null
      ? 'Look at: this time the first release is measured against what is live, so it goes through a canary as well.'
      : wasLive
        ? 'Look at: the release is live already. Every stage says so, and what depends on files alone comes from the cache.'
        : 'Look at: every stage in order, each once. Nothing is live yet to compare with, so there is no canary.',
  );
  check(first === 0, 'the first release went to production');
  if (first !== 0) return; // such as a dirty tree: it has said what to do
  traffic ??= sendTraffic();
  console.log(`  From now on, 20 requests a second go to ${url}, as from users.`);

  const next = await show(
    'app:deploy-prod:next',
    'Look at: 5 % of the traffic, then 10, 50 and 100, each step judged against the release that is live.',
  );
  const live = await production();
  check(
    next === 0 && live.outcome === 'done' && live.releases.stable?.configuration === 'next',
    'next passed its canary and has all the traffic',
  );

  await permitAgain(live);
  const startedAt = Date.now();
  const broken = await show(
    'app:deploy-prod:broken-errors',
    'Look at: staging does not see the fault. The canary does: the release is rolled back, and nx fails, as it should.',
  );
  const after = await production();
  check(broken !== 0, 'nx failed');
  check(
    after.outcome === 'rolled-back' && Date.parse(after.since) >= startedAt - 1000,
    `broken-errors was rolled back: ${after.reason}`,
  );
  check(
    after.releases.stable?.id === live.releases.stable?.id && after.split.every(({ slot }) => slot === 'stable'),
    'next has all the traffic again',
  );

  await show('app:deploy-status', 'Look at: who has which share of the traffic, and how it fares.');
}

/** A release that was rolled back is refused until someone says why it is wanted again: so a second demo says it. */
async function permitAgain({ refused }) {
  if (!refused.length) return;
  const history = await readJson('app:deploy-history');
  const isBroken = (id) =>
    history.some(
      ({ release, what, detail }) => release === id && what === 'deploy' && /\bbroken-errors\b/.test(detail),
    );
  const known = refused.find(({ release }) => isBroken(release));
  if (!known) return;
  await show(
    'app:deploy-retry',
    'Look at: broken-errors was rolled back before and is refused since; this allows it once more, for the demo.',
    `--release=${known.release}`,
    '--reason=demo',
  );
}

try {
  await main();
} catch (error) {
  problems.push(error.message);
} finally {
  await traffic?.stop();
}

if (traffic) {
  const { sent, byRelease, failed } = traffic.counts;
  const lost = Object.keys(failed).filter((key) => !key.endsWith(' of broken-errors'));
  console.log(`\nRequests: ${sent} sent; answered by release: ${listed(byRelease)}; failed: ${listed(failed)}`);
  check(lost.length === 0, 'no release but broken-errors failed a request');
}
console.log(`\nTime: ${timings.join(', ')}; ${Math.round((performance.now() - begun) / 1000)} s in all`);
if (problems.length === 0) {
  console.log(`\nThe app is serving. Look: curl -i ${url}/\n                    Stop: npx nx run app:deploy-down`);
} else {
  console.log(`\nThis is not as it should be:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  console.log('What runs: npx nx run app:deploy-status. Stop it: npx nx run app:deploy-down');
}
process.exitCode = interrupted ? 130 : problems.length === 0 ? 0 : 1;
