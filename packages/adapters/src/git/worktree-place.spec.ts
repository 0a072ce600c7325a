import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { worktreePath } from '../files/paths';
import { plant, removeScratch, scratchFolder } from '../files/testing/scratch-folder';
import { branch, branchOf, ensure, headOf, key, refusal, whole, wholeOf } from './testing/deployment-worktree';
import { isDeploymentWorktree } from './worktree';
import { commitAll, repository, sh } from './testing/scratch-repository';

afterAll(removeScratch);
jest.setTimeout(60_000);

const containing = (text: string): unknown => expect.stringContaining(text);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const linkTo = (target: string) => (path: string) => {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
};

describe('a place that is taken', () => {
  const plain: [string, string, (path: string) => void][] = [
    ['a folder', 'a folder that is no worktree', (path) => plant(path, { kept: 'x' })],
    ['a file', 'a file', (path) => plant(dirname(path), { [basename(path)]: 'x' })],
    ['a link', 'a symbolic link', linkTo('/tmp')],
    ['a repository', 'a git repository of its own', (path) => sh('/', 'clone', '--quiet', repository(), path)],
    [
      'a worktree of another repository',
      'a worktree of another repository',
      (path) => sh(repository(), 'worktree', 'add', '--quiet', path, '-b', branch),
    ],
  ];

  it.each(plain)('by %s is refused and left alone', async (_, by, occupy) => {
    const root = repository();
    const path = worktreePath(root, key);
    occupy(path);
    const error = await refusal(root);
    expect(error).toMatchObject({ code: 'WORKTREE_OCCUPIED', message: containing(`${by} is there`) });
    expect(error.message).toContain(path);
    expect(error.remedy).toBe(`Nothing was changed. Move it away, then run again: mv ${path} ${path}.away`);
    expect(await isDeploymentWorktree(root, path)).toBe(false);
    expect(sh(root, 'branch', '--list', branch)).toBe('');
    expect(existsSync(path)).toBe(true);
  });

  it('by a folder where a worktree was is refused and left alone', async () => {
    const root = repository();
    const { path } = await ensure(root);
    rmSync(path, { recursive: true });
    plant(path, { kept: 'x' });
    expect(await refusal(root)).toMatchObject({
      code: 'WORKTREE_OCCUPIED',
      message: matching(/no worktree is there/),
    });
    expect(readdirSync(path)).toEqual(['kept']);
  });

  it('by a branch that is checked out elsewhere is refused, and names where', async () => {
    const root = repository();
    const elsewhere = join(scratchFolder(), 'elsewhere');
    sh(root, 'worktree', 'add', '--quiet', elsewhere, '-b', branch);
    const error = await refusal(root);
    expect(error).toMatchObject({ code: 'WORKTREE_OCCUPIED', message: containing(elsewhere) });
    expect(error.remedy).toBe(`Check out another branch there: git -C ${elsewhere} switch BRANCH`);
    expect(existsSync(elsewhere)).toBe(true);
  });

  it('by the branch that the main checkout is on is refused', async () => {
    const root = repository();
    sh(root, 'checkout', '--quiet', '-b', branch);
    expect(await refusal(root)).toMatchObject({ code: 'WORKTREE_OCCUPIED', message: containing(root) });
  });

  it('by a branch with commits of its own and no worktree is refused', async () => {
    const root = repository();
    sh(root, 'checkout', '--quiet', '-b', branch);
    const mine = commitAll(root, 'Mine');
    sh(root, 'checkout', '--quiet', 'main');
    expect(await refusal(root)).toMatchObject({
      code: 'WORKTREE_OCCUPIED',
      message: matching(/of its own: .* Mine/),
      remedy: `Keep it on another branch: git branch NAME ${branch}. Or merge ${branch} into what you deploy. Or drop it: git branch -D ${branch}`,
    });
    expect(sh(root, 'rev-parse', branch)).toBe(mine);
  });

  it('by a branch of a worktree whose folder is gone is free, unless that is locked', async () => {
    const root = repository();
    const elsewhere = join(scratchFolder(), 'elsewhere');
    sh(root, 'worktree', 'add', '--quiet', elsewhere, '-b', branch);
    renameSync(elsewhere, `${elsewhere}-away`);
    sh(root, 'worktree', 'lock', elsewhere);
    expect(await refusal(root)).toMatchObject({
      code: 'WORKTREE_OCCUPIED',
      remedy: `If that folder is gone for good: git worktree unlock ${elsewhere}`,
    });
    sh(root, 'worktree', 'unlock', elsewhere);
    expect(wholeOf((await ensure(root)).path)).toEqual(whole(headOf(root)));
  });
});

describe('a worktree that was harmed', () => {
  it('is made anew when its folder was deleted by hand, and others stay registered', async () => {
    const root = repository();
    const other = join(scratchFolder(), 'other');
    sh(root, 'worktree', 'add', '--quiet', other, '-b', 'other');
    renameSync(other, `${other}-away`);
    const { path } = await ensure(root);
    for (const gone of [path, join(root, 'worktrees')]) {
      rmSync(gone, { recursive: true });
      expect(await ensure(root)).toMatchObject({ path, created: true });
      expect(wholeOf(path)).toEqual(whole(headOf(root)));
    }
    expect(sh(root, 'worktree', 'list')).toContain(other);
  });

  it('is made anew when it was deleted though it was locked', async () => {
    const root = repository();
    const { path } = await ensure(root);
    sh(root, 'worktree', 'lock', path);
    rmSync(path, { recursive: true });
    expect(await ensure(root)).toMatchObject({ path, created: true });
    expect(wholeOf(path)).toEqual(whole(headOf(root)));
  });

  it.each([true, false])(
    'is made anew where only a report is left (registered: %s), which is kept',
    async (registered) => {
      const root = repository();
      const { path } = await ensure(root);
      if (registered) rmSync(path, { recursive: true });
      else sh(root, 'worktree', 'remove', path);
      plant(path, { '.taskmaster/DEPLOYMENT_REPORT.md': 'of a rollback', 'logs/deployment-production.log': 'x' });
      expect(await ensure(root)).toMatchObject({ path, created: true });
      expect(wholeOf(path)).toEqual(whole(headOf(root)));
      const history = join(root, '.sluice/history/phase-6-task-1');
      const kept = readFileSync(join(history, readdirSync(history).join(), '.taskmaster/DEPLOYMENT_REPORT.md'), 'utf8');
      expect(kept).toBe('of a rollback');
    },
  );

  it('works on when the whole repository was moved, with what was written in it', async () => {
    const root = repository();
    await ensure(root);
    const moved = join(realpathSync(scratchFolder()), 'moved here');
    renameSync(root, moved);
    const path = worktreePath(moved, key);
    plant(path, { 'logs/deployment-canary.log': 'kept' });
    expect(await ensure(moved)).toMatchObject({ path, created: false });
    expect([headOf(path), branchOf(path)]).toEqual([headOf(moved), branch]);
    expect(readFileSync(join(path, 'logs', 'deployment-canary.log'), 'utf8')).toBe('kept');
  });

  it('leaves the worktree of the original alone when the whole repository was copied', async () => {
    const root = repository();
    const { path } = await ensure(root);
    const copy = join(scratchFolder(), 'copy');
    cpSync(root, copy, { recursive: true });
    expect(await refusal(copy)).toMatchObject({ code: 'WORKTREE_OCCUPIED' });
    expect(await ensure(root)).toMatchObject({ path, created: false });
    expect(wholeOf(path)).toEqual(whole(headOf(root)));
  });
});
