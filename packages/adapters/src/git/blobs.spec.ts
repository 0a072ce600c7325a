import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errorOf, plant, removeScratch } from '../files/testing/scratch-folder';
import { listBlobs, type Blob } from './blobs';
import { commitAll, repository, sh, twoCommits } from './testing/scratch-repository';

afterAll(removeScratch);

const idOf = (blobs: Blob[], wanted: string) => blobs.find(({ path }) => path === wanted)?.id;

describe('listBlobs', () => {
  const files = { 'b/x.js': '1', 'a.js': '2', 'b.js': '3', 'b/deep/[y].js': '4', 'größe ä.js': '5', ':(top)z': '6' };

  it("lists the files of a commit, sorted, with git's ids", async () => {
    const root = repository(files);
    const blobs = await listBlobs(root, 'HEAD');
    expect(blobs.map(({ path }) => path)).toEqual(Object.keys(files).sort());
    expect(idOf(blobs, 'a.js')).toBe(sh(root, 'rev-parse', 'HEAD:a.js'));
  });

  it('reads the commit, not the files around it', async () => {
    const { root, first, second } = twoCommits();
    const before = await listBlobs(root, first);
    const after = await listBlobs(root, second);
    plant(root, { 'app/main.js': 'three', 'app/new.js': 'x' });
    expect(idOf(before, 'app/main.js')).not.toBe(idOf(after, 'app/main.js'));
    expect(await listBlobs(root, second)).toEqual(after);
  });

  it('gives the same ids for the same content in another commit', async () => {
    const { root, first, second } = twoCommits();
    expect(idOf(await listBlobs(root, first), 'lib/a.js')).toBe(idOf(await listBlobs(root, second), 'lib/a.js'));
  });

  it('tells programs, which are files, from links and from submodules, which have the id of their commit', async () => {
    const root = repository({ 'run.sh': '' });
    chmodSync(join(root, 'run.sh'), 0o755);
    symlinkSync('run.sh', join(root, 'link'));
    sh(root, 'submodule', '--quiet', 'add', repository(), 'sub');
    commitAll(root);
    const blobs = await listBlobs(root, 'HEAD');
    expect(blobs.filter(({ isFile }) => isFile).map(({ path }) => path)).toEqual(['.gitmodules', 'run.sh']);
    expect(blobs.filter(({ isFile }) => !isFile).map(({ path }) => path)).toEqual(['link', 'sub']);
    expect(idOf(blobs, 'sub')).toBe(sh(join(root, 'sub'), 'rev-parse', 'HEAD'));
  });

  it.each(['nowhere', 'f'.repeat(40), '', '--all', 'HEAD:app'])('refuses %j, which names no commit', async (commit) => {
    expect(await errorOf(listBlobs(repository(), commit))).toMatchObject({ code: 'COMMIT_UNKNOWN' });
  });
});
