import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Appends one line to a log for people, making its folders. Further lines of the text are indented, so that one call is one entry. */
export async function appendLine(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${line.trimEnd().replaceAll(/\r?\n/g, '\n    ')}\n`);
}
