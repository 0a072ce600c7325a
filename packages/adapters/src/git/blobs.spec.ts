import { join } from 'node:path';
import { errorOf, plant, removeScratch } from '../files/testing/scratch-folder';
import { listBlobs } from './blobs';
import { commitAll, repository, sh, twoCommits } from './testing/scratch-repository';

afterAll(removeScratch);

const pathsOf = async (...args: Parameters<typeof listBlobs>) => (await listBlobs(...args)).map(({ path }) => path);

describe('listBlobs', () => {
  const files = { 'b/x.js': '1', 'a.js': '2', 'b.js': '3', 'b/deep/[y].js': '4', 'größe ä.js': '5', ':(top)z': '6' };

  it("lists the files of a commit, sorted, with git's ids", async () => {
    const root = repository(files);
    const blobs = await listBlobs(root, 'HEAD', ['.']);
    expect(blobs.map(({ path }) => path)).toEqual(Object.keys(files).sort());
    expect(blobs.find(({ path }) => path === 'a.js')?.id).toBe(sh(root, 'rev-parse', 'HEAD:a.js'));
  });

  it('lists only what is asked for, literally and once', async () => {
    const root = repository(files);
    expect(await pathsOf(root, 'HEAD', ['b'])).toEqual(['b/deep/[y].js', 'b/x.js']);
    expect(await pathsOf(root, 'HEAD', ['b/', 'b/x.js', './a.js'])).toEqual(['a.js', 'b/deep/[y].js', 'b/x.js']);
    expect(await pathsOf(root, 'HEAD', ['b/deep/[y].js'])).toEqual(['b/deep/[y].js']);
    expect(await pathsOf(root, 'HEAD', [':(top)z', 'größe ä.js'])).toEqual([':(top)z', 'größe ä.js']);
    expect(await pathsOf(root, 'HEAD', ['b/*', 'missing'])).toEqual([]);
    expect(await pathsOf(root, 'HEAD', [])).toEqual([]);
    expect(await pathsOf(root, 'HEAD', ['missing', ''])).toHaveLength(6);
  });

  it('reads the commit, not the files around it', async () => {
    const { root, first, second } = twoCommits();
    const [before] = await listBlobs(root, first, ['app']);
    const [after] = await listBlobs(root, second, ['app']);
    plant(root, { 'app/main.js': 'three', 'app/new.js': 'x' });
    expect(before?.id).not.toBe(after?.id);
    expect(await listBlobs(root, second, ['app'])).toEqual([after]);
  });

  it('gives the same ids for the same content in another commit', async () => {
    const { root, first, second } = twoCommits();
    expect(await listBlobs(root, first, ['lib'])).toEqual(await listBlobs(root, second, ['lib']));
  });

  it('lists a submodule by its commit', async () => {
    const root = repository();
    sh(root, 'submodule', '--quiet', 'add', repository(), 'sub');
    commitAll(root);
    const id = sh(join(root, 'sub'), 'rev-parse', 'HEAD');
    expect(await listBlobs(root, 'HEAD', ['sub'])).toEqual([{ path: 'sub', id }]);
  });

  it.each(['nowhere', 'f'.repeat(40), '', '--all', 'HEAD:app'])('refuses %j, which names no commit', async (commit) => {
    expect(await errorOf(listBlobs(repository(), commit, ['.']))).toMatchObject({ code: 'COMMIT_UNKNOWN' });
  });
});
