import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  SluiceError,
  releaseId,
  sluiceError,
  type Answer,
  type ReleaseManifest,
  type ReleaseStore,
} from '@sluice/core';
import { digestFolder } from './artifact';
import { hasCode, makeFolder, ownerOnly, replaceFile, syncFolder, temporaryName } from '../durable/durable-file';
import { usable } from '../durable/usable';
import { reasonOf } from './json-file';
import { releaseFolder, releasesFolder } from './paths';
import { readRecord, type ReleaseRecord } from './release-record';
import { unpackArtifact } from './unpack';

export interface WritableReleaseStore extends ReleaseStore {
  /**
   * Keeps a release: unpacks its artifact and, last, writes its manifest. Adding it again makes it the newest and mends
   * its files where they were changed; the manifest stays the first one. Rejects with `ARTIFACT_CORRUPT` when the
   * tarball is not the manifest's artifact, and with `ARTIFACT_INVALID` like `unpackArtifact`; nothing is kept then.
   */
  add(manifest: ReleaseManifest, tarball: string): Promise<void>;
  /** Removes all but the `keep` newest releases and those in use; gives the ids of what it removed. */
  prune(project: string, keep: number, inUse: readonly string[]): Promise<string[]>;
}

/** A folder without a manifest is an `add` under way, or one that was killed: after so long (ms) it was killed. */
const abandonedAfter = 3_600_000;

/**
 * The releases below `<root>/.sluice/releases`. A manifest that cannot be read rejects with `RELEASE_CORRUPT` where that
 * release is asked for; where all of them are, it is left out, told through `warn` once.
 */
export function createReleaseStore(root: string, warn = emitWarning): WritableReleaseStore {
  const folderOf = (project: string, release: string) => releaseFolder(root, project, release);
  const filesOf = (project: string, release: string) => join(folderOf(project, release), 'files');
  const recordFile = (project: string, release: string) => join(folderOf(project, release), 'release.json');
  const recordOf = (project: string, release: string) => readRecord(recordFile(project, release), project, release);

  const told = new Set<string>();
  const leftOut = (thrown: unknown): null => {
    const reason = reasonOf(thrown);
    if (!told.has(reason)) warn(`A release is left out. ${reason}`);
    told.add(reason);
    return null;
  };

  async function newestFirst(project: string): Promise<ReleaseRecord[]> {
    const names = await namesIn(releasesFolder(root, project));
    const records = await Promise.all(names.map((name) => recordOf(project, name).catch(leftOut)));
    return records.filter((record) => record !== null).sort((a, b) => b.addedAt - a.addedAt);
  }

  async function verify(project: string, release: string): Promise<Answer> {
    const record = await recordOf(project, release);
    if (!record) return { ok: false, reason: `release ${release} is not on this machine` };
    const { artifact, runtime } = record.manifest;
    if (releaseId(artifact, runtime) !== release) {
      return { ok: false, reason: `the settings of release ${release} were changed` };
    }
    return checkFiles(filesOf(project, release), artifact);
  }

  return {
    verify,

    async read(project, release) {
      const record = await recordOf(project, release);
      return record && { manifest: record.manifest, folder: filesOf(project, release) };
    },

    async list(project) {
      return (await newestFirst(project)).map(({ manifest }) => manifest);
    },

    async add(manifest, tarball) {
      const { project, id, artifact } = manifest;
      const known = await recordOf(project, id);
      const whole = known !== null && (await checkFiles(filesOf(project, id), artifact)).ok;
      if (!whole) await unpackWhole(tarball, filesOf(project, id), artifact);
      const [newest] = await newestFirst(project);
      const addedAt = Math.max(Date.now(), (newest?.addedAt ?? 0) + 1); // an order that the wall clock cannot turn
      const record: ReleaseRecord = { manifest: known?.manifest ?? manifest, addedAt };
      await replaceFile(recordFile(project, id), `${JSON.stringify(record, null, 2)}\n`, ownerOnly);
    },

    async prune(project, keep, inUse) {
      const old = (await newestFirst(project)).slice(keep).map(({ manifest }) => manifest.id);
      const removed = old.filter((release) => !inUse.includes(release));
      for (const release of removed) {
        await rm(recordFile(project, release)); // first: what is half removed is no release any more
        await rm(folderOf(project, release), { recursive: true });
      }
      await sweep(releasesFolder(root, project));
      return removed;
    },
  };
}

const emitWarning = (message: string): void => process.emitWarning(message);

async function checkFiles(files: string, artifact: string): Promise<Answer> {
  try {
    const found = await digestFolder(files);
    if (found === artifact) return { ok: true, reason: 'the files are as they were built' };
    return { ok: false, reason: `the files in ${files} were changed: digest ${found.slice(0, 12)}` };
  } catch (error) {
    const gone = error instanceof SluiceError && error.code === 'BUILD_OUTPUT_MISSING';
    return { ok: false, reason: gone ? `the files in ${files} are gone` : reasonOf(error) };
  }
}

/** Unpacks beside the files and swaps, so that two who add the same release at once do not disturb each other. */
async function unpackWhole(tarball: string, files: string, artifact: string): Promise<void> {
  const staged = temporaryName(files);
  await makeFolder(dirname(files), ownerOnly);
  await unpackArtifact(tarball, staged);
  try {
    const found = await digestFolder(staged);
    if (found !== artifact) throw sluiceError('ARTIFACT_CORRUPT', { path: tarball, expected: artifact, found });
    await rename(staged, files).catch(async (error: unknown) => {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error;
      if ((await checkFiles(files, artifact)).ok) return; // somebody else was faster
      await rm(files, { recursive: true });
      await rename(staged, files);
    });
    await syncFolder(dirname(files));
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

/** Removes what killed runs of `add` and `prune` left. */
async function sweep(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const found = await stat(path);
    if (!found.isDirectory() || (await namesIn(path)).includes('release.json')) continue;
    const age = Date.now() - found.mtimeMs;
    if (age > abandonedAfter) await rm(path, { recursive: true });
  }
}

/** The visible folders and files of a folder; none when it is not there. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await usable(folder, () => readdir(folder)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.filter((name) => !name.startsWith('.')).sort();
}
