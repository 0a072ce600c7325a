import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Works in a copy that holds these files of a folder and nothing else: a scanner of folders looks at what a stage is cached
 * by, not at what lies beside. Links are left out: they would lead elsewhere.
 */
export async function withContentCopy<T>(
  root: string,
  files: readonly string[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-content-'));
  try {
    for (const file of files) {
      if (!(await lstat(join(root, file))).isFile()) continue;
      const copy = join(folder, file);
      await mkdir(dirname(copy), { recursive: true });
      await copyFile(join(root, file), copy, constants.COPYFILE_FICLONE);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
