import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { packArtifact } from './artifact';
import { errorOf, plant, removeScratch, scratchFolder } from './testing/scratch-folder';
import { unpackArtifact } from './unpack';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);

type Entry = {
  name: string;
  text?: string;
  linkname?: string;
  type?: 'file' | 'symlink' | 'link' | 'fifo' | 'directory';
};

/** A tarball that packArtifact would not make. */
async function forge(entries: Entry[]): Promise<string> {
  const archive = pack();
  for (const { name, text = '', type = 'file', linkname } of entries) {
    if (linkname === undefined) archive.entry({ name, type }, text);
    else archive.entry({ name, type, linkname });
  }
  archive.finalize();
  const tarball = join(scratchFolder(), 'forged.tar.gz');
  writeFileSync(tarball, gzipSync(await buffer(archive)));
  return tarball;
}

/** Where to unpack, with a neighbour that must stay as it is. */
const place = () => join(plant(scratchFolder(), { 'neighbour/x': 'safe' }), 'files');
const untouched = (folder: string) => {
  expect(readdirSync(dirname(folder))).toEqual(['neighbour']);
  expect(readdirSync(join(dirname(folder), 'neighbour'))).toEqual(['x']);
  expect(readFileSync(join(dirname(folder), 'neighbour', 'x'), 'utf8')).toBe('safe');
};

describe('unpackArtifact', () => {
  it('makes the parents of the folder', async () => {
    const tarball = join(scratchFolder(), 'a.tar.gz');
    await packArtifact(plant(scratchFolder(), { 'a/b': 'x' }), tarball);
    const folder = join(scratchFolder(), 'deep', 'down');
    await unpackArtifact(tarball, folder);
    expect(readFileSync(join(folder, 'a', 'b'), 'utf8')).toBe('x');
    expect(readdirSync(dirname(folder))).toEqual(['down']);
  });

  it('takes a link inside the folder, also one that comes before what it leads to', async () => {
    const folder = place();
    const links: Entry[] = [
      { name: 'bin/run', type: 'symlink', linkname: '../lib/run.js' },
      { name: 'lib/run.js', text: 'run()' },
    ];
    await unpackArtifact(await forge(links), folder);
    expect(readFileSync(join(folder, 'bin', 'run'), 'utf8')).toBe('run()');
  });

  it.each<[string, Entry[]]>([
    ['a path upwards', [{ name: '../neighbour/x', text: 'evil' }]],
    ['a path that goes up inside', [{ name: 'a/../../neighbour/x', text: 'evil' }]],
    ['an absolute path', [{ name: '/tmp/evil', text: 'evil' }]],
    ['a path with a dot', [{ name: 'a/./b', text: 'x' }]],
    ['an absolute link', [{ name: 'a', type: 'symlink', linkname: '/etc' }]],
    ['a link upwards', [{ name: 'a', type: 'symlink', linkname: '../neighbour' }]],
    [
      'a file through a link',
      [
        { name: 'a', type: 'symlink', linkname: '../neighbour' },
        { name: 'a/x', text: 'evil' },
      ],
    ],
    [
      'a link out by another link',
      [
        { name: 'd/up', type: 'symlink', linkname: '..' },
        { name: 'd/out', type: 'symlink', linkname: 'up/../neighbour' },
        { name: 'd/out/x', text: 'evil' },
      ],
    ],
    [
      'two links out by one another',
      [
        { name: 'd/up', type: 'symlink', linkname: '..' },
        { name: 'd/e/out', type: 'symlink', linkname: '../up/../neighbour' },
      ],
    ],
    ['a hard link', [{ name: 'a', type: 'link', linkname: '/etc/hostname' }]],
    ['a pipe', [{ name: 'a', type: 'fifo' }]],
    [
      'a path twice',
      [
        { name: 'a', text: '1' },
        { name: 'a', text: '2' },
      ],
    ],
  ])('refuses %s and leaves nothing', async (_, entries) => {
    const folder = place();
    const error = await errorOf(unpackArtifact(await forge(entries), folder));
    expect(error).toMatchObject({ code: 'ARTIFACT_INVALID' });
    untouched(folder);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 20)],
    ['empty', () => Buffer.alloc(0)],
    ['no gzip', () => Buffer.from('not a tarball')],
    ['no tar', () => gzipSync('x'.repeat(2000))],
    ['a tar without its end', () => gzipSync(Buffer.from('a'.padEnd(10)))],
    ['damaged', (bytes) => Buffer.from(bytes.map((byte, at) => (at === bytes.length - 6 ? byte ^ 1 : byte)))],
  ])('refuses a tarball that is %s and leaves nothing', async (_, damage) => {
    const folder = place();
    const tarball = join(scratchFolder(), 'a.tar.gz');
    await packArtifact(plant(scratchFolder(), { a: 'x'.repeat(100_000), b: Math.PI.toString() }), tarball);
    writeFileSync(tarball, damage(readFileSync(tarball)));
    const error = await errorOf(unpackArtifact(tarball, folder));
    expect(error).toMatchObject({ code: 'ARTIFACT_INVALID', message: containing(tarball) });
    untouched(folder);
  });

  it('refuses a tarball that is not there', async () => {
    const folder = place();
    expect(await errorOf(unpackArtifact('/nowhere/a.tar.gz', folder))).toMatchObject({ code: 'ARTIFACT_INVALID' });
    untouched(folder);
  });

  it('refuses a folder that exists, and leaves it alone', async () => {
    const folder = plant(scratchFolder(), { kept: 'x' });
    const error = await errorOf(unpackArtifact(await forge([{ name: 'a', text: 'x' }]), folder));
    expect(error).toMatchObject({ code: 'ARTIFACT_INVALID', message: containing('exists already') });
    expect(readdirSync(folder)).toEqual(['kept']);
  });
});
