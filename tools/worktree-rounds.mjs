// Makes deployment worktrees and cleans them up, over and over, every tenth time killed on the way: see docs/reliability.md. The
// code that is tried is what was built.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { cleanWorktrees, ensureWorktree } = createRequire(import.meta.url)('@sluice/adapters/git');

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '1000' }, child: { type: 'string' } },
});

const git = (root, ...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

/** One step: makes the worktree at a commit, or cleans all. */
const act = ({ root, commit, task }) =>
  commit === null
    ? cleanWorktrees({ root, cwd: root, force: false, only: false })
    : ensureWorktree({ root, commit, phase: 6, task });

/** The same in a process of its own, which is killed after so many milliseconds; answers whether it was. */
async function killed(step, after) {
  const args = [fileURLToPath(import.meta.url), `--child=${JSON.stringify(step)}`];
  const child = spawn(process.execPath, args, { stdio: 'ignore', detached: true });
  const ended = once(child, 'exit');
  await Promise.race([ended, pause(after)]);
  if (child.exitCode !== null) return false;
  process.kill(-child.pid, 'SIGKILL'); // with its git
  await ended;
  return true;
}

/** What a repository holds but for objects, and what git notes of no worktree. */
const traces = (root) => ({
  files: readdirSync(root, { recursive: true })
    .filter((path) => !/^\.git\/(objects|packed-refs$|index$|info$|info\/exclude$)/.test(path))
    .sort(),
  config: readFileSync(join(root, '.git/config'), 'utf8'),
  refs: git(root, 'for-each-ref'),
  worktrees: git(root, 'worktree', 'list', '--porcelain'),
});

function makeRepository() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice rounds ä ')));
  git(root, 'init', '--quiet', '--initial-branch=main');
  for (const [key, value] of Object.entries({ 'user.name': 'Dana', 'user.email': 'd@example.com', 'gc.auto': '0' }))
    git(root, 'config', key, value);
  const commits = [1, 2, 3].map((n) => {
    for (let file = 0; file < 50; file += 1) writeFileSync(join(root, `file ${file}.txt`), `${n}\n`.repeat(500));
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', `Commit ${n}`);
    return git(root, 'rev-parse', 'HEAD');
  });
  return { root, commits };
}

async function main(rounds) {
  const { root, commits } = makeRepository();
  const before = traces(root);
  const started = process.hrtime.bigint();
  let kills = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const make = { root, commit: commits[round % 3], task: (round % 4) + 1 };
      const clean = { root, commit: null, task: 0 };
      // 60 to 360 ms: Node itself takes the first part of it
      if (round % 10 === 9 && (await killed(round % 20 === 9 ? make : clean, 60 + ((round * 37) % 300)))) {
        kills += 1;
        if (round % 20 !== 9) await act({ ...make, task: 1 }); // half made, it is no longer for clean to delete
      }
      const { path } = await act(make);
      const [head, changes] = [git(path, 'rev-parse', 'HEAD'), git(path, 'status', '--porcelain')];
      if (head !== make.commit || changes !== '') throw new Error(`round ${round}: ${path} is not whole: ${changes}`);
      const stayed = (await act(clean)).filter(({ deleted }) => !deleted);
      if (stayed.length) throw new Error(`round ${round}: ${JSON.stringify(stayed)}`);
    }
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const after = traces(root);
    const isSame = JSON.stringify(after) === JSON.stringify(before);
    console.log(
      `${rounds} rounds in ${seconds.toFixed(0)} s, ${kills} killed: ${isSame ? 'nothing' : 'something'} is left`,
    );
    if (!isSame) console.log(JSON.stringify({ before, after }, null, 2));
    return isSame ? 0 : 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

if (values.child) {
  const step = JSON.parse(values.child);
  // a killed clean is worth trying only where there is something to clean
  if (step.commit === null) await act({ ...step, commit: 'HEAD', task: 1 });
  await act(step);
} else process.exitCode = await main(Number(values.rounds));
