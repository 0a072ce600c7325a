import { mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorOf, removeScratch, scratchFolder } from '../files/testing/scratch-folder';
import { findRepository } from './repository';
import { commitAll, emptyRepository, repository, sh } from './testing/scratch-repository';

const env = { ...process.env };
afterEach(() => {
  process.env = { ...env };
});
afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);

const headOf = (checkout: string) => sh(checkout, 'rev-parse', 'HEAD');

describe('findRepository', () => {
  it('finds the main checkout from any of its folders', async () => {
    const root = repository();
    const expected = { root, checkout: root, isWorktree: false, head: headOf(root) };
    expect(await findRepository(root)).toEqual(expected);
    expect(await findRepository(join(root, 'app'))).toEqual(expected);
  });

  it('finds it through a symbolic link', async () => {
    const root = repository();
    const link = join(scratchFolder(), 'link');
    symlinkSync(root, link);
    expect(await findRepository(join(link, 'app'))).toMatchObject({ root, checkout: root });
  });

  it('finds the main checkout from a worktree, inside or outside of it', async () => {
    const root = repository();
    for (const path of [join(root, 'worktrees', 'x'), join(scratchFolder(), 'y')]) {
      sh(root, 'worktree', 'add', '--quiet', path, '-b', basename(path));
      const head = commitAll(path);
      const expected = { root, checkout: path, isWorktree: true, head };
      expect(await findRepository(join(path, 'app'))).toEqual(expected);
    }
  });

  it('knows a detached HEAD', async () => {
    const root = repository();
    sh(root, 'checkout', '--quiet', '--detach');
    expect(await findRepository(root)).toMatchObject({ root, head: headOf(root) });
  });

  it('finds the checkout of a submodule, and from its worktrees', async () => {
    const root = repository();
    sh(root, 'submodule', '--quiet', 'add', repository(), 'sub');
    const sub = join(root, 'sub');
    expect(await findRepository(sub)).toMatchObject({ root: sub, checkout: sub, isWorktree: false });
    const worktree = join(scratchFolder(), 'w');
    sh(sub, 'worktree', 'add', '--quiet', worktree, '-b', 'w');
    expect(await findRepository(worktree)).toMatchObject({ root: sub, checkout: worktree, isWorktree: true });
  });

  it('takes the checkout that holds the worktrees where the repository is bare', async () => {
    const bare = scratchFolder();
    sh(bare, 'clone', '--quiet', '--bare', repository(), '.');
    const checkout = join(scratchFolder(), 'main');
    sh(bare, 'worktree', 'add', '--quiet', checkout, 'main');
    expect(await findRepository(checkout)).toMatchObject({ root: checkout, isWorktree: true });
    const deployment = join(checkout, 'worktrees', 'phase-6-task-1');
    sh(checkout, 'worktree', 'add', '--quiet', deployment, '-b', 'feature/phase-6-task-1');
    expect(await findRepository(deployment)).toMatchObject({ root: checkout, checkout: deployment });
  });

  it('takes no notice of the repository that a hook around it works on', async () => {
    const other = repository();
    process.env['GIT_DIR'] = join(other, '.git');
    process.env['GIT_WORK_TREE'] = other;
    process.env['GIT_INDEX_FILE'] = join(other, '.git', 'index');
    const root = scratchFolder();
    expect(await errorOf(findRepository(root))).toMatchObject({ code: 'NOT_A_REPOSITORY' });
  });

  it('refuses a folder outside of every repository, a missing one, and the inside of .git', async () => {
    const folder = scratchFolder();
    const missing = join(folder, 'missing');
    for (const place of [folder, missing, join(repository(), '.git')]) {
      const error = await errorOf(findRepository(place));
      expect(error).toMatchObject({ code: 'NOT_A_REPOSITORY', message: containing(place) });
    }
  });

  it('refuses a repository without a commit', async () => {
    const root = emptyRepository();
    expect(await errorOf(findRepository(root))).toMatchObject({ code: 'NO_COMMIT' });
  });

  it('says what git says when git refuses the repository', async () => {
    const root = repository();
    sh(root, 'config', 'core.repositoryFormatVersion', '99');
    expect(await errorOf(findRepository(root))).toMatchObject({
      code: 'GIT_FAILED',
      message: containing('99'),
    });
  });

  it('says that git is missing', async () => {
    const root = repository();
    const empty = join(scratchFolder(), 'bin');
    mkdirSync(empty);
    process.env['PATH'] = empty;
    expect(await errorOf(findRepository(root))).toMatchObject({ code: 'GIT_MISSING' });
  });
});
