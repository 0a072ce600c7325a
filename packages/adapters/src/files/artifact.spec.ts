import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { digestFolder, packArtifact } from './artifact';
import { errorOf, plant, removeScratch, scratchFolder } from './testing/scratch-folder';
import { unpackArtifact } from './unpack';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);

const files = { 'main.js': 'run()', 'lib/a.js': 'a', 'lib/deep/b.js': 'b', 'name with ä and space': '', 'lib.js': 'x' };

async function pack(folder: string) {
  const tarball = join(scratchFolder(), 'out', 'artifact.tar.gz');
  const { digest } = await packArtifact(folder, tarball);
  return { tarball, digest, bytes: readFileSync(tarball) };
}

describe('packArtifact', () => {
  it("gives the same bytes for the same content, whatever its times, order and owners' rights", async () => {
    const one = plant(scratchFolder(), files);
    const other = plant(scratchFolder(), Object.fromEntries(Object.entries(files).reverse()));
    utimesSync(join(other, 'main.js'), 1, 1);
    chmodSync(join(other, 'main.js'), 0o600);
    const [a, b] = [await pack(one), await pack(other)];
    expect(a.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(b.digest).toBe(a.digest);
    expect(b.bytes.equals(a.bytes)).toBe(true);
  });

  it('says nothing of machine or time in the gzip header', async () => {
    const { bytes } = await pack(plant(scratchFolder(), files));
    expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  });

  it.each<[string, (folder: string) => void]>([
    ['a content', (folder) => plant(folder, { 'main.js': 'run();' })],
    ['a name', (folder) => plant(folder, { 'lib/c.js': 'a' })],
    ['an executable bit', (folder) => chmodSync(join(folder, 'main.js'), 0o755)],
    ['a link', (folder) => symlinkSync('main.js', join(folder, 'link'))],
  ])('gives another digest when %s changes', async (_, change) => {
    const folder = plant(scratchFolder(), files);
    const before = await digestFolder(folder);
    change(folder);
    expect(await digestFolder(folder)).not.toBe(before);
    expect((await pack(folder)).digest).toBe(await digestFolder(folder));
  });

  it('tells a link from a file with the same text', async () => {
    const link = plant(scratchFolder(), { a: 'x', b: '' });
    const file = plant(scratchFolder(), { a: 'x', b: '', c: 'a' });
    symlinkSync('a', join(link, 'c'));
    expect(await digestFolder(link)).not.toBe(await digestFolder(file));
  });

  it('leaves empty folders out, as git does', async () => {
    const folder = plant(scratchFolder(), files);
    const before = await digestFolder(folder);
    mkdirSync(join(folder, 'empty'));
    expect(await digestFolder(folder)).toBe(before);
  });

  it('packs long names and large files', async () => {
    const long = `${'d'.repeat(120)}/${'e'.repeat(120)}/ü.js`;
    const folder = plant(scratchFolder(), { [long]: 'x', large: 'y'.repeat(3_000_000) });
    const { tarball, digest } = await pack(folder);
    const unpacked = join(scratchFolder(), 'files');
    await unpackArtifact(tarball, unpacked);
    expect(await digestFolder(unpacked)).toBe(digest);
    expect(readFileSync(join(unpacked, long), 'utf8')).toBe('x');
  });

  it('replaces an older tarball and leaves nothing beside it', async () => {
    const folder = plant(scratchFolder(), files);
    const tarball = join(plant(scratchFolder(), { 'a.tar.gz': 'old' }), 'a.tar.gz');
    await packArtifact(folder, tarball);
    expect(readdirSync(dirname(tarball))).toEqual(['a.tar.gz']);
  });

  it.each(['nothing', 'file', 'empty', 'hollow'])('refuses a build output that is missing: %s', async (name) => {
    const folder = plant(scratchFolder(), { file: 'x' });
    mkdirSync(join(folder, 'empty'));
    mkdirSync(join(folder, 'hollow', 'inside'), { recursive: true });
    const tarball = join(folder, 'a.tar.gz');
    const error = await errorOf(packArtifact(join(folder, name), tarball));
    expect(error).toMatchObject({ code: 'BUILD_OUTPUT_MISSING', message: containing(join(folder, name)) });
    expect(readdirSync(folder)).not.toContain('a.tar.gz');
  });

  it.each([
    ['an absolute one', '/etc/hostname'],
    ['one to the folder above', '..'],
    ['one to a neighbour', '../neighbour'],
    ['one that comes back', '../folder/main.js'],
    ['one into nothing', 'missing'],
    ['one to itself', 'link'],
    ['one out by another link', 'up/../neighbour'],
  ])('refuses a link that leaves the folder: %s', async (_, target) => {
    const above = plant(scratchFolder(), { neighbour: 'secret', 'folder/sub/main.js': 'x', 'folder/main.js': 'x' });
    const folder = join(above, 'folder');
    symlinkSync('.', join(folder, 'up'));
    symlinkSync(target, join(folder, 'link'));
    const error = await errorOf(packArtifact(folder, join(above, 'a.tar.gz')));
    expect(error).toMatchObject({ code: 'ARTIFACT_INVALID', message: containing(join(folder, 'link')) });
    expect(readdirSync(above).sort()).toEqual(['folder', 'neighbour']);
  });

  it('refuses what is neither file nor link', async () => {
    const folder = plant(scratchFolder(), { a: 'x' });
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    expect(await errorOf(pack(folder))).toMatchObject({ code: 'ARTIFACT_INVALID' });
    server.close();
  });

  it('leaves no tarball when it cannot be written', async () => {
    const folder = plant(scratchFolder(), files);
    const place = plant(scratchFolder(), { 'a.tar.gz/inside': 'x' });
    expect(await errorOf(packArtifact(folder, join(place, 'a.tar.gz')))).toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(place)).toEqual(['a.tar.gz']);
  });
});

describe('any tree', () => {
  const name = fc.stringMatching(/^[a-cA-C ä.]{1,4}$/).filter((text) => !/^\.+$/.test(text));
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const content = fc.oneof(
    fc.string(),
    fc.nat(200_000).map((length) => 'z'.repeat(length)),
  );
  const file = fc.record({ path, content, executable: fc.boolean(), mtime: fc.nat(2_000_000_000) });
  const tree = fc
    .uniqueArray(file, { selector: ({ path: at }) => at, minLength: 1, maxLength: 8 })
    .map((found) => found.filter(({ path: at }) => !found.some((other) => at.startsWith(`${other.path}/`))));
  type Tree = typeof tree extends fc.Arbitrary<infer T> ? T : never;

  function grow(found: Tree): string {
    const folder = scratchFolder();
    for (const { path: at, content: text, executable, mtime } of found) {
      plant(folder, { [at]: text });
      chmodSync(join(folder, at), executable ? 0o755 : 0o644);
      utimesSync(join(folder, at), mtime, mtime);
    }
    const first = found[0]?.path ?? '';
    symlinkSync(first, join(folder, 'link'));
    return folder;
  }

  it('packs to the same bytes in whatever order and at whatever time its files were made', async () => {
    const shuffled = tree.chain((found) =>
      fc.tuple(
        fc.constant(found),
        fc.shuffledSubarray(found.slice(1), { minLength: found.length - 1, maxLength: found.length - 1 }),
        fc.nat(2_000_000_000),
      ),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([found, rest, mtime]) => {
        const again = [...found.slice(0, 1), ...rest].map((each) => ({ ...each, mtime }));
        const [a, b] = [await pack(grow(found)), await pack(grow(again))];
        expect(b.digest).toBe(a.digest);
        expect(b.bytes.equals(a.bytes)).toBe(true);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('has the same digest, contents and modes after it was packed and unpacked', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (found) => {
        const folder = grow(found);
        const { tarball, digest } = await pack(folder);
        const unpacked = join(scratchFolder(), 'files');
        await unpackArtifact(tarball, unpacked);
        expect(await digestFolder(unpacked)).toBe(digest);
        expect(await digestFolder(folder)).toBe(digest);
        for (const { path: at, content: text, executable } of found) {
          expect(readFileSync(join(unpacked, at), 'utf8')).toBe(text);
          expect(lstatSync(join(unpacked, at)).mode & 0o777).toBe(executable ? 0o755 : 0o644);
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
