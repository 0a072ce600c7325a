import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plant, removeScratch } from '../files/testing/scratch-folder';
import { ensure, statusOf } from './testing/deployment-worktree';
import { commitAll, repository, sh } from './testing/scratch-repository';

afterAll(removeScratch);
jest.setTimeout(60_000);

/** A repository with a submodule that has one itself; neither can be cloned again from where it came. */
function nested() {
  const [inner, outer, root] = [repository({ 'inner.js': 'inner' }), repository({ 'outer.js': 'outer' }), repository()];
  sh(outer, 'submodule', '--quiet', 'add', inner, 'deps/inner ä');
  commitAll(outer);
  sh(root, 'submodule', '--quiet', 'add', '--name', 'other name', outer, 'libs/outer');
  sh(root, 'submodule', '--quiet', 'update', '--init', '--recursive');
  commitAll(root);
  for (const remote of [inner, outer]) renameSync(remote, `${remote}-away`);
  return root;
}

const textOf = (path: string, file: string) => readFileSync(join(path, file), 'utf8');

describe('the submodules of a worktree', () => {
  it('are those of the commit, nested ones too, without any remote', async () => {
    const root = nested();
    const config = textOf(root, '.git/config');
    const { path } = await ensure(root);
    expect(textOf(path, 'libs/outer/outer.js')).toBe('outer');
    expect(textOf(path, 'libs/outer/deps/inner ä/inner.js')).toBe('inner');
    expect([statusOf(path), statusOf(root)]).toEqual(['', '']);
    expect(textOf(root, '.git/config').replace(/\[branch[^[]*/, '')).toBe(config);
  });

  it('follow the worktree to another commit, also to one that was never pushed and is on no branch', async () => {
    const root = nested();
    const before = sh(root, 'rev-parse', 'HEAD');
    const { path } = await ensure(root);
    plant(join(root, 'libs/outer'), { 'outer.js': 'changed' });
    sh(join(root, 'libs/outer'), 'checkout', '--quiet', '--detach');
    commitAll(join(root, 'libs/outer'));
    const after = commitAll(root);
    await ensure(root, after);
    expect([textOf(path, 'libs/outer/outer.js'), statusOf(path)]).toEqual(['changed', '']);
    await ensure(root, before);
    expect([textOf(path, 'libs/outer/outer.js'), statusOf(path)]).toEqual(['outer', '']);
  });

  it('are filled by the next call when one was killed before that', async () => {
    const root = nested();
    const { path } = await ensure(root);
    const gitFolder = sh(path, 'rev-parse', '--absolute-git-dir');
    sh(path, 'submodule', '--quiet', 'deinit', '--force', '--all');
    writeFileSync(join(gitFolder, 'sluice-unfinished'), sh(root, 'rev-parse', 'HEAD'));
    await ensure(root);
    expect([textOf(path, 'libs/outer/outer.js'), statusOf(path)]).toEqual(['outer', '']);
  });

  it('stay empty where the main checkout has none of them either', async () => {
    const origin = nested();
    const root = join(repository(), 'clone');
    sh(origin, 'clone', '--quiet', origin, root);
    const { path } = await ensure(root);
    expect(statusOf(path)).toBe('');
  });

  it('that were changed in it are work that is not overwritten', async () => {
    const root = nested();
    const { path } = await ensure(root);
    plant(join(path, 'libs/outer'), { 'outer.js': 'mine' });
    await expect(ensure(root)).rejects.toMatchObject({ code: 'TREE_DIRTY' });
    expect(textOf(path, 'libs/outer/outer.js')).toBe('mine');
  });
});
