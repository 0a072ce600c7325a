import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/**
 * The file that a command's first word stands for: `node` is the Node that runs Sluice, a name with a slash is a path
 * from the release's folder, any other name is looked up on the search path. `null` where there is no such program.
 */
export async function findProgram(name: string, folder: string, searchPath: string): Promise<string | null> {
  if (name === 'node') return process.execPath;
  const candidates = name.includes('/')
    ? [resolve(folder, name)]
    : searchPath
        .split(delimiter)
        .filter(isAbsolute)
        .map((entry) => join(entry, name));
  for (const candidate of candidates) if (await isProgram(candidate)) return candidate;
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // not there, or not for us: for a lookup that is the same
  }
}
