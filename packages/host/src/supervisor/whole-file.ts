import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sluiceError, z } from '@sluice/core';
import { isSystemError, messageOf } from './system-error';

/** What a file holds, `null` where there is none. Throws `STATE_CORRUPT` and `STATE_NEWER`. */
export function readWhole<T>(file: string, version: number, schema: z.ZodType<T>): T | null {
  const text = readIfThere(file);
  if (text === null) return null;
  const data = parseJson(file, text);
  const found = z.object({ version: z.int() }).safeParse(data);
  if (found.success && found.data.version > version) {
    throw sluiceError('STATE_NEWER', { file, found: found.data.version, known: version });
  }
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw sluiceError('STATE_CORRUPT', { file, problem: z.prettifyError(parsed.error) });
  return parsed.data;
}

/**
 * Whole or not at all: a reader, and whoever comes after a crash, finds the old file or the new one. It blocks for the
 * few ms of an `fsync`.
 */
export function writeWhole(file: string, content: object): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.next`;
  withFile(next, 'w', (handle) => {
    writeFileSync(handle, JSON.stringify(content, null, 2));
    fsyncSync(handle);
  });
  renameSync(next, file);
  withFile(dirname(file), 'r', fsyncSync); // the new name, too
}

function withFile(path: string, flags: string, use: (handle: number) => void): void {
  const handle = openSync(path, flags, 0o600);
  try {
    use(handle);
  } finally {
    closeSync(handle);
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw sluiceError('STATE_CORRUPT', { file, problem: messageOf(error) });
  }
}
