import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleaved, median, ms, ratio } from '../support/numbers.mjs';

const bin = fileURLToPath(new URL('../../../packages/nx/bin/sluice.js', import.meta.url));
/** 150 ms where node takes 62. */
const most = 150 / 62;

const input = JSON.stringify({ hook_event_name: 'UserPromptSubmit', prompt: 'go on', session_id: 'bench' });

/** What `sluice hook` takes beside `node -e 0`, which every hook in Node takes: an agent waits for it at every prompt. */
export async function measureHook({ quick }) {
  const rounds = quick ? 5 : 21;
  const folders = [makeRepository(), makeRepository()];
  const [without, signalled] = folders;
  write(signalled, '.taskmaster/.signals/phase5-complete.json', { phase: 5, status: 'success', production_score: 96 });
  const hookIn = (cwd) => () => timed(cwd, [bin, 'hook'], input);
  const forget = () => rmSync(join(signalled, '.sluice'), { recursive: true, force: true });
  try {
    const subjects = [
      () => timed(without, ['-e', '0'], ''),
      hookIn(without),
      hookIn(signalled),
      () => (forget(), hookIn(signalled)()),
    ];
    hookIn(signalled)();
    const samples = await interleaved(subjects, rounds, (measure) => measure());
    const [node, silent, known, changed] = samples.map(median);
    const times = (took) => `${ratio(took / node)} times`;
    const row = (when, took, more = '') => ({
      figure: `\`sluice hook\` ${when}, beside \`node -e 0\`, medians of ${rounds}`,
      goal: `${ratio(most)} times`,
      measured: `${times(took)} (${ms(took)} and ${ms(node)})${more}`,
      met: took / node <= most,
      short: `hook ${when} ${ratio(took / node)}x`,
    });
    return [
      row('without a signal', silent),
      row('with a signal', known, `; ${times(changed)} where something has changed since the last call`),
    ];
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

function timed(cwd, args, text) {
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, input: text, encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - begun;
}

function makeRepository() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-bench-')));
  const git = (...args) => execFileSync('git', args, { cwd: root, stdio: 'ignore' });
  write(root, 'app/project.json', { name: 'app' });
  write(root, 'app/sluice.json', {
    runtime: { command: ['node', 'main.js'] },
    environments: { staging: { port: 4001 }, production: { port: 4000 } },
  });
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', 'commit', '--quiet', '--message', 'First');
  return root;
}

function write(root, file, content) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(content));
}
