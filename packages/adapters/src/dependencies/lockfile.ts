import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The lockfile of a folder, and who wrote it; `berry` is Yarn 2 and newer. */
export interface Lockfile {
  manager: 'npm' | 'pnpm' | 'yarn' | 'berry';
  /** Its name. */
  file: string;
  text: string;
}

const files = [
  ['npm', 'package-lock.json'],
  ['pnpm', 'pnpm-lock.yaml'],
  ['yarn', 'yarn.lock'],
] as const;

/** `null` where a folder has none. */
export async function findLockfile(folder: string): Promise<Lockfile | null> {
  for (const [manager, file] of files) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => null);
    if (text === null) continue;
    return { manager: manager === 'yarn' && /^__metadata:/m.test(text) ? 'berry' : manager, file, text };
  }
  return null;
}
