import { readFile } from 'node:fs/promises';
import type { z } from '@sluice/core';
import { hasCode } from '../durable/durable-file';
import { usable } from '../durable/usable';

/** What a file holds: nothing, JSON, or why it cannot be read. */
export type JsonFile = { found: false } | { found: true; value: unknown } | { found: true; problem: string };

/** Reads a JSON file. Rejects with `PATH_UNUSABLE` where something else is in its place, or it may not be read. */
export async function readJson(file: string): Promise<JsonFile> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await usable(file, () => readFile(file)));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { found: false };
    if (hasCode(error, 'PATH_UNUSABLE')) throw error;
    return { found: true, problem: reasonOf(error) };
  }
  if (text.trim() === '') return { found: true, problem: 'it is empty' };
  try {
    const value: unknown = JSON.parse(text);
    return { found: true, value };
  } catch (error) {
    return { found: true, problem: `it is not JSON (${reasonOf(error)})` };
  }
}

/** The first problems of a parse, each with its path, on one line. */
export function explainIssues(error: z.ZodError): string {
  const problems = error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  const more = error.issues.length - problems.length;
  return problems.join('; ') + (more > 0 ? ` and ${more} more` : '');
}

/** What a thrown value says, whichever realm its class is from. */
export const reasonOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown ? String(thrown.message) : String(thrown);

/** What a file holds, where that fits; what is not there, or not what it should be, says nothing: `null`. */
export async function readFitting<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  const found = await readJson(file).catch(() => null);
  const parsed = schema.safeParse(found && 'value' in found ? found.value : null);
  return parsed.success ? parsed.data : null;
}
