import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sluiceError } from '@sluice/core';

/** Runs `act` on a path. Rejects with `PATH_UNUSABLE` where something is in the way; with any other error as it is. */
export async function usable<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw await explained(thrown, path);
  }
}

async function explained(thrown: unknown, path: string): Promise<unknown> {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : null;
  switch (code) {
    case 'EISDIR':
      return sluiceError('PATH_UNUSABLE', { path, hindrance: 'folder', code });
    case 'EACCES':
    case 'EPERM':
      return sluiceError('PATH_UNUSABLE', { path, hindrance: 'denied', code });
    case 'EROFS':
      return sluiceError('PATH_UNUSABLE', { path, hindrance: 'read-only', code });
    case 'ENOTDIR':
    case 'EEXIST': {
      const file = await fileAbove(path);
      return file === null ? thrown : sluiceError('PATH_UNUSABLE', { path: file, hindrance: 'file', code });
    }
    default:
      return thrown;
  }
}

/** What is no folder, of a path and the folders that it is in. */
async function fileAbove(path: string): Promise<string | null> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found) return found.isDirectory() ? null : at;
    if (at === dirname(at)) return null;
  }
}
