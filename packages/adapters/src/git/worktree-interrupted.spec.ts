import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { worktreePath } from '../files/paths';
import { plant, removeScratch, scratchFolder } from '../files/testing/scratch-folder';
import { commitAll, sh, twoCommits } from './testing/scratch-repository';
import { ensureWorktree } from './worktree';

const env = { ...process.env };
afterEach(() => {
  process.env = { ...env };
});
afterAll(removeScratch);
jest.setTimeout(120_000);

const key = { phase: 6, task: 1 };
const branch = 'feature/phase-6-task-1';
const ensure = (root: string, commit: string) => ensureWorktree({ root, commit, ...key });

function expectWhole(root: string, commit: string): void {
  const path = worktreePath(root, key);
  expect(sh(path, 'rev-parse', 'HEAD', '--abbrev-ref', 'HEAD').split('\n')).toEqual([commit, branch]);
  expect(sh(path, 'status', '--porcelain', '--untracked-files=all')).toBe('');
  expect(readFileSync(join(path, 'app', 'main.js'), 'utf8')).toBe(sh(root, 'show', `${commit}:app/main.js`));
  expect(sh(root, 'worktree', 'list').split('\n')).toHaveLength(2);
}

/** A git that works up to its n-th call and is killed there, before or after it did its work, as all that follow. */
function killGitAt(call: number, when: 'before' | 'after'): void {
  const bin = scratchFolder();
  const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh
n=$(($(cat "${bin}/count" 2>/dev/null || echo 0) + 1))
echo $n > "${bin}/count"
if [ $n -lt ${call} ]; then exec "${real}" "$@"; fi
if [ $n -eq ${call} ] && [ ${when} = after ]; then "${real}" "$@" > "${bin}/out" 2>&1; fi
kill -9 $$
`;
  writeFileSync(join(bin, 'git'), script);
  chmodSync(join(bin, 'git'), 0o755);
  process.env['PATH'] = `${bin}:${env['PATH'] ?? ''}`;
}

const restoreGit = () => {
  process.env = { ...env };
};

/** Interrupts at every call in turn, until one run is not interrupted any more. */
async function atEveryCall(
  when: 'before' | 'after',
  prepare: () => Promise<{ root: string; commit: string; check?: () => void }>,
): Promise<number> {
  for (let call = 1; ; call++) {
    const { root, commit, check } = await prepare();
    killGitAt(call, when);
    const finished = await ensure(root, commit).then(
      () => true,
      () => false,
    );
    restoreGit();
    await ensure(root, commit);
    expectWhole(root, commit);
    check?.();
    if (finished) return call - 1;
  }
}

describe('a call that is killed', () => {
  it.each(['before', 'after'] as const)(
    '%s any git command of making the worktree is mended by the next',
    async (when) => {
      const calls = await atEveryCall(when, async () => {
        const { root, first } = twoCommits();
        return { root, commit: first };
      });
      expect(calls).toBeGreaterThan(4);
    },
  );

  it.each(['before', 'after'] as const)('%s any git command of moving it is mended by the next', async (when) => {
    const calls = await atEveryCall(when, async () => {
      const { root, first, second } = twoCommits();
      const { path } = await ensure(root, first);
      plant(path, { '.taskmaster/DEPLOYMENT_REPORT.md': 'report', 'logs/deployment-canary.log': 'log' });
      const check = () => {
        const history = join(root, '.sluice', 'history');
        const kept = readdirSync(history, { recursive: true, encoding: 'utf8' });
        expect(kept.filter((name) => name.endsWith('DEPLOYMENT_REPORT.md') || name.endsWith('.log'))).toHaveLength(2);
      };
      return { root, commit: second, check };
    });
    expect(calls).toBeGreaterThan(4);
  });

  it('while git filled a new worktree is mended, for this commit or another', async () => {
    for (const wanted of ['first', 'second'] as const) {
      const commits = twoCommits();
      const { path } = await ensure(commits.root, commits.first);
      const gitFolder = sh(path, 'rev-parse', '--absolute-git-dir');
      rmSync(join(gitFolder, 'index'));
      writeFileSync(join(gitFolder, 'index.lock'), 'half');
      rmSync(join(path, 'lib'), { recursive: true });
      truncateSync(join(path, 'app', 'main.js'), 1);
      await ensure(commits.root, commits[wanted]);
      expectWhole(commits.root, commits[wanted]);
    }
  });

  it('while git moved it to another commit is mended', async () => {
    const { root, first, second } = twoCommits();
    const { path } = await ensure(root, first);
    const gitFolder = sh(path, 'rev-parse', '--absolute-git-dir');
    writeFileSync(join(gitFolder, 'sluice-unfinished'), `${first} ${second}`);
    writeFileSync(join(gitFolder, 'index.lock'), 'half');
    writeFileSync(join(path, 'app', 'main.js'), 'tw');
    await ensure(root, second);
    expectWhole(root, second);
    expect(existsSync(join(gitFolder, 'sluice-unfinished'))).toBe(false);
  });

  it('while git moved it, and is to move on to a third commit, is mended', async () => {
    const { root, first, second } = twoCommits();
    const third = commitAll(root, 'Third');
    const { path } = await ensure(root, first);
    const gitFolder = sh(path, 'rev-parse', '--absolute-git-dir');
    writeFileSync(join(gitFolder, 'sluice-unfinished'), `${first} ${second}`);
    writeFileSync(join(path, 'app', 'main.js'), 'tw');
    await ensure(root, third);
    expectWhole(root, third);
    expect(existsSync(join(gitFolder, 'sluice-unfinished'))).toBe(false);
  });

  it('while git moved it is not mended over work that was committed in it since', async () => {
    const { root, first, second } = twoCommits();
    const { path } = await ensure(root, first);
    writeFileSync(join(sh(path, 'rev-parse', '--absolute-git-dir'), 'sluice-unfinished'), `${first} ${second}`);
    const mine = commitAll(path, 'Mine');
    await expect(ensure(root, second)).rejects.toMatchObject({ code: 'WORKTREE_OCCUPIED' });
    expect(sh(path, 'rev-parse', 'HEAD')).toBe(mine);
  });

  it('when git had only begun to register the worktree is mended', async () => {
    const { root, first } = twoCommits();
    const path = worktreePath(root, key);
    sh(root, 'worktree', 'add', '--quiet', '--no-checkout', '--detach', '--lock', path, first);
    await ensure(root, first);
    expectWhole(root, first);
  });

  it('and left its lock does not stand in the way', async () => {
    const { root, first } = twoCommits();
    const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    writeFileSync(join(root, '.git', 'sluice-worktree.lock'), dead);
    await ensure(root, first);
    expectWhole(root, first);
  });
});

describe('calls at the same time', () => {
  it('make one worktree, for ten of the same commit', async () => {
    const { root, first } = twoCommits();
    const made = await Promise.all(Array.from({ length: 10 }, () => ensure(root, first)));
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(made.map(({ path }) => path))).toEqual(new Set([worktreePath(root, key)]));
    expectWhole(root, first);
  });

  it('leave a whole worktree at one of the commits that they ask for', async () => {
    const { root, first, second } = twoCommits();
    await Promise.all(Array.from({ length: 6 }, (_, n) => ensure(root, n % 2 ? first : second)));
    const head = sh(worktreePath(root, key), 'rev-parse', 'HEAD');
    expect([first, second]).toContain(head);
    expectWhole(root, head);
  });

  it('make each its own worktree, for different tasks', async () => {
    const { root, first } = twoCommits();
    const tasks = [1, 2, 3, 4, 5];
    await Promise.all(tasks.map((task) => ensureWorktree({ root, commit: first, phase: 6, task })));
    expect(readdirSync(join(root, 'worktrees')).sort()).toEqual(tasks.map((task) => `phase-6-task-${task}`));
    expect(readdirSync(join(root, '.git')).filter((name) => name.includes('lock'))).toEqual([]);
  });
});
