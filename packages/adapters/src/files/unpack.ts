import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, lstat, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { SluiceError } from '@sluice/core';
import type { Extract } from 'tar-stream';
import { allSettled, makeFolder, syncFolder, temporaryName } from '../durable/durable-file';
import { reasonOf } from './json-file';
import { artifactInvalid, listTree, staysInside } from './tree';

type Entry = Extract extends AsyncIterable<infer Source> ? Source : never;

interface Link {
  path: string;
  target: string;
}

/**
 * Unpacks a tar.gz into a folder that must not exist yet: whole or not at all. Modes become 0644 and 0755.
 *
 * Rejects with `ARTIFACT_INVALID` for a tarball that is cut off or damaged, that holds anything but files, folders and
 * symbolic links, or that would write or link to a place outside the folder. Contents are not synced to disk one by
 * one: whoever uses the folder after a crash checks its digest.
 */
export async function unpackArtifact(tarball: string, folder: string): Promise<void> {
  if (await exists(folder)) throw artifactInvalid(folder, 'it exists already');
  await makeFolder(dirname(folder));
  const temporary = temporaryName(folder);
  try {
    await mkdir(temporary);
    const { extract } = await import('tar-stream'); // only who unpacks loads it
    const archive = extract();
    const [links] = await allSettled(
      writeFiles(archive, temporary),
      pipeline(createReadStream(tarball), createGunzip(), archive),
    );
    // last, so that no file is ever written through a link
    for (const { path, target } of links) {
      await mkdir(dirname(join(temporary, path)), { recursive: true });
      await symlink(target, join(temporary, path));
    }
    await listTree(temporary); // refuses links that leave the folder by way of other links
    await rename(temporary, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error instanceof SluiceError ? error : artifactInvalid(tarball, reasonOf(error));
  }
}

async function writeFiles(archive: Extract, folder: string): Promise<Link[]> {
  const links: Link[] = [];
  for await (const entry of archive) {
    const { name, type, linkname } = entry.header;
    const path = inner(name);
    if (type === 'file') await writeFile(entry, join(folder, path));
    else if (type === 'symlink' && linkname && staysInside(path, linkname)) links.push({ path, target: linkname });
    else if (type !== 'directory') {
      throw artifactInvalid(name, `an artifact holds no ${type}${linkname ? ` to ${linkname}` : ''}`);
    }
    entry.resume(); // the next entry comes when this one was read
  }
  return links;
}

async function writeFile(entry: Entry, file: string): Promise<void> {
  const mode = (entry.header.mode & 0o100) !== 0 ? 0o755 : 0o644;
  await mkdir(dirname(file), { recursive: true });
  await pipeline(entry, createWriteStream(file, { flags: 'wx' }));
  await chmod(file, mode); // not by `open`, whose mode the umask narrows
}

/** A path of the archive, when it stays in the folder. */
function inner(name: string): string {
  const path = name.endsWith('/') ? name.slice(0, -1) : name;
  const parts = path.split('/');
  if (path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw artifactInvalid(JSON.stringify(name), 'this path of the artifact leaves its folder');
  }
  return path;
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
