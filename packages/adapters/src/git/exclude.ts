import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../durable/durable-file';
import { gitFailed } from './run';
import { withLock } from './lock';
import { locate } from './repository';

const patience = 10_000;

/**
 * Adds a pattern to the repository's own list of ignored files (`info/exclude`), once, for the main checkout and all its
 * worktrees. Nothing in the working tree changes. Rejects like `findRepository`.
 */
export async function excludeLocally(root: string, pattern: string): Promise<void> {
  await excludeIn((await locate(root)).commonFolder, pattern);
}

/** The same, for who knows the repository's common folder. */
export async function excludeIn(commonFolder: string, pattern: string): Promise<void> {
  const file = join(commonFolder, 'info', 'exclude');
  const lock = `${file}.sluice-lock`;
  if ((await linesOf(file)).lines.includes(pattern)) return;
  await mkdir(join(commonFolder, 'info'), { recursive: true });
  const refuse = (owner: string) => gitFailed(commonFolder, ['exclude'], `${lock} is held by process ${owner}`);
  await withLock(lock, patience, refuse, async () => {
    const { lines, endsOpen } = await linesOf(file);
    if (!lines.includes(pattern)) await appendFile(file, `${endsOpen ? '\n' : ''}${pattern}\n`);
  });
}

async function linesOf(file: string): Promise<{ lines: string[]; endsOpen: boolean }> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  return { lines: text.split(/\r?\n/), endsOpen: text !== '' && !text.endsWith('\n') };
}
