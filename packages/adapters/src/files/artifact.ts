import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { digestOf, sluiceError, type Digest } from '@sluice/core';
import type { Pack } from 'tar-stream';
import { allSettled, hasCode, makeFolder, syncFolder, temporaryName } from '../durable/durable-file';
import { reasonOf } from './json-file';
import { listTree, type TreeEntry } from './tree';

/** What the digest of an artifact is taken over, sorted by path. */
type Content = { path: string; executable: boolean; content: Digest } | { path: string; link: string };

const epoch = new Date(0);

/**
 * Packs a folder as tar.gz, so that the same content gives the same bytes: sorted paths, modes 0644 and 0755, no times,
 * no owners. Gives the artifact's digest: SHA-256 over the sorted (path, executable, SHA-256 of the content) of its
 * files and (path, target) of its links. The tarball is whole or not there.
 *
 * Rejects with `BUILD_OUTPUT_MISSING` for a folder that is not there or holds no file, and like `listTree`.
 */
export async function packArtifact(folder: string, tarball: string): Promise<{ digest: Digest }> {
  const entries = await entriesOf(folder);
  await makeFolder(dirname(tarball));
  const temporary = temporaryName(tarball);
  const { pack } = await import('tar-stream'); // only who packs loads it
  const archive = pack();
  try {
    const [contents] = await allSettled(
      feed(archive, folder, entries),
      pipeline(archive, createGzip({ level: 9 }), plainHeader(), createWriteStream(temporary)),
    );
    const handle = await open(temporary, 'r+');
    await handle.sync().finally(() => handle.close());
    await rename(temporary, tarball);
    await syncFolder(dirname(tarball));
    return { digest: digestOf(contents) };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The digest that `packArtifact` gives for this folder. Rejects like it. */
export async function digestFolder(folder: string): Promise<Digest> {
  const contents: Content[] = [];
  for (const entry of await entriesOf(folder)) {
    if (entry.kind === 'link') contents.push({ path: entry.path, link: entry.target });
    else {
      const hash = createHash('sha256');
      await pipeline(createReadStream(join(folder, entry.path)), hash);
      contents.push({ path: entry.path, executable: entry.executable, content: hash.digest('hex') });
    }
  }
  return digestOf(contents);
}

async function entriesOf(folder: string): Promise<TreeEntry[]> {
  const entries = await listTree(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) throw sluiceError('BUILD_OUTPUT_MISSING', { folder });
    throw error;
  });
  if (entries.length === 0) throw sluiceError('BUILD_OUTPUT_MISSING', { folder });
  return entries;
}

/** Writes every entry into the archive; the digest is of the very bytes that were packed. */
async function feed(archive: Pack, folder: string, entries: readonly TreeEntry[]): Promise<Content[]> {
  const contents: Content[] = [];
  try {
    for (const entry of entries) {
      const header = { name: entry.path, mtime: epoch, uid: 0, gid: 0 };
      if (entry.kind === 'link') {
        archive.entry({ ...header, type: 'symlink', linkname: entry.target, mode: 0o777 });
        contents.push({ path: entry.path, link: entry.target });
      } else {
        const hash = createHash('sha256');
        const mode = entry.executable ? 0o755 : 0o644;
        const sink = archive.entry({ ...header, type: 'file', size: entry.size, mode });
        await pipeline(createReadStream(join(folder, entry.path)), hashed(hash), sink);
        contents.push({ path: entry.path, executable: entry.executable, content: hash.digest('hex') });
      }
    }
    archive.finalize();
    return contents;
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(reasonOf(error)));
    throw error;
  }
}

const hashed = (hash: Hash): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });

/** Takes the operating system out of the gzip header (RFC 1952, byte 9: 255 is unknown); its time is 0 already. */
function plainHeader(): Transform {
  let at = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (at <= 9 && at + chunk.length > 9) chunk[9 - at] = 255;
      at += chunk.length;
      done(null, chunk);
    },
  });
}
