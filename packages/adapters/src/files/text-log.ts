import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../durable/durable-file';

/**
 * Appends one line to a log for people, making its folder but none above it: a worktree that was just removed is not made
 * again. Further lines of the text are indented, so that one call is one entry.
 */
export async function appendLine(file: string, line: string): Promise<void> {
  await mkdir(dirname(file)).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  await appendFile(file, `${line.trimEnd().replaceAll(/\r?\n/g, '\n    ')}\n`);
}
