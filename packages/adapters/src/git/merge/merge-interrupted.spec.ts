import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plant, removeScratch } from '../../files/testing/scratch-folder';
import { asAda, asBefore } from '../testing/author';
import { branchesOf, deployed, merge, release, report, signal, subjectsOf, textOf } from '../testing/deployment';
import { branch, ensure, headOf, statusOf } from '../testing/deployment-worktree';
import { killGitAt, restoreGit } from '../testing/kill-git';
import { commitAll, repository, sh } from '../testing/scratch-repository';

beforeEach(asAda);
afterEach(asBefore);
afterAll(removeScratch);
jest.setTimeout(600_000);

/** Every deployment is merged once and whole; nothing else is left of it. */
function expectMerged(root: string, worktree: string, subjects: number): void {
  expect(subjectsOf(root, 'main')).toHaveLength(subjects);
  expect(sh(root, 'log', '--format=%s', 'main').match(/^chore\(deploy\)/gm)).toHaveLength(1);
  expect(sh(root, 'show', `main:${report}`)).toBe(`# ${release}`);
  expect(statusOf(root)).toBe('');
  expect(textOf(root, signal)).toContain(release);
  expect(branchesOf(root)).toEqual([branch, 'main']);
  expect(readdirSync(join(root, 'worktrees'))).toEqual(['phase-6-task-1']);
  expect(sh(root, 'worktree', 'list').split('\n')).toHaveLength(2);
  expect(sh(worktree, 'diff', '--name-only', 'HEAD')).toBe('');
  const left = readdirSync(join(root, '.git')).filter((name) => /sluice|lock$/.test(name));
  expect(left).toEqual([]);
}

/** Interrupts at every call in turn, or every few, until one run is not interrupted any more. */
async function atEveryCall(when: 'before' | 'after', stride: number): Promise<number> {
  for (let call = 1; ; call += stride) {
    const root = repository();
    const request = await deployed(root, { validate: async () => ({ ok: true, reason: 'it builds' }) });
    plant(root, { 'lib/b.js': 'b' });
    commitAll(root, 'Meanwhile');
    killGitAt(call, when);
    const finished = await merge(request).then(
      ({ result }) => result === 'merged',
      () => false,
    );
    restoreGit();
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    expectMerged(root, request.worktree, 3);
    if (finished) return call - 1;
  }
}

describe('a merge that is killed', () => {
  // before a command is after the one before it, but for what is done with files in between
  it.each([
    ['after any git command', 'after', 1],
    ['before a git command', 'before', 5],
  ] as const)('%s is finished by the next run, once', async (_, when, stride) => {
    expect(await atEveryCall(when, stride)).toBeGreaterThan(12);
  });

  it('and whose worktree the next deployment takes first loses no commit', async () => {
    for (let call = 1; ; call += 4) {
      const root = repository();
      const request = await deployed(root);
      const next = commitAll(root, 'Next');
      killGitAt(call, 'after');
      const finished = await merge({ ...request, validate: async () => ({ ok: true, reason: 'it builds' }) }).then(
        ({ result }) => result === 'merged',
        () => false,
      );
      restoreGit();
      if (finished) return;
      const commits = sh(root, 'log', '--all', '--format=%H', '--grep=chore(deploy)', '-F');
      await ensure(root, next).catch(() => undefined);
      expect(sh(root, 'log', '--all', '--format=%H', '--grep=chore(deploy)', '-F')).toBe(commits);
    }
  });

  it('and left its locks does not stand in the way', async () => {
    const root = repository();
    const request = await deployed(root);
    const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    for (const name of ['sluice-worktree.lock', 'sluice-merge-app.lock']) writeFileSync(join(root, '.git', name), dead);
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    expect(existsSync(join(root, '.git', 'sluice-merge-app.lock'))).toBe(false);
  });

  it('leaves one merge, of ten that are asked for at once', async () => {
    const root = repository();
    const request = await deployed(root);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => merge(request)));
    expect(new Set(outcomes.map(({ commit }) => commit))).toEqual(new Set([headOf(root)]));
    expectMerged(root, request.worktree, 2);
  });
});
