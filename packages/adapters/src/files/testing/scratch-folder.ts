import { mkdtempSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const made: string[] = [];

/** An empty folder of its own for one test, without symbolic links in its path. */
export function scratchFolder(name = 'sluice'): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)));
  made.push(folder);
  return folder;
}

export function removeScratch(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Writes files (path -> content) below a folder. */
export function plant(folder: string, files: Record<string, string>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Who may do what with a file: its permissions alone. */
export const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** The promise's error, for assertions on its code, message and remedy. */
export async function errorOf(promise: Promise<unknown>): Promise<{ code: unknown; message: string; remedy: unknown }> {
  try {
    await promise;
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('message' in error)) throw error;
    return {
      code: 'code' in error ? error.code : undefined,
      message: String(error.message),
      remedy: 'remedy' in error ? error.remedy : undefined,
    };
  }
  throw new Error('nothing was thrown');
}
