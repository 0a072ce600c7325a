import { rm } from 'node:fs/promises';
import { z } from '@sluice/core';
import type { Chain, ChainEnd } from './audit-chain';
import { ownerOnly, replaceFile } from '../durable/durable-file';
import { explainIssues, readJson } from './json-file';

/**
 * Where the chain ended when it was last appended to, beside the log: a chain that lost its last lines is whole in itself.
 * It is written after the lines are durable, so the log may be ahead of it, never behind.
 */
const endSchema = z.object({ head: z.string().nullable(), count: z.int().min(0) });

/** The end that was noted, `null` where none was, or what is wrong with the note. */
export type NotedEnd = ChainEnd | null | { problem: string };

const noteOf = (file: string): string => `${file}.end`;

export async function readEnd(file: string): Promise<NotedEnd> {
  const read = await readJson(noteOf(file));
  if (!read.found) return null;
  const unreadable = (problem: string) => ({
    problem: `the note of its end, ${noteOf(file)}, can't be read: ${problem}`,
  });
  if ('problem' in read) return unreadable(read.problem);
  const parsed = endSchema.safeParse(read.value);
  return parsed.success ? parsed.data : unreadable(explainIssues(parsed.error));
}

export const noteEnd = (file: string, { head, count }: ChainEnd): Promise<void> =>
  replaceFile(noteOf(file), `${JSON.stringify({ head, count })}\n`, ownerOnly);

/** For a log that was moved away: the next one begins anew. */
export const forgetEnd = (file: string): Promise<void> => rm(noteOf(file), { force: true });

/** The chain, broken where it does not hold the end that was noted. */
export function heldTo(noted: NotedEnd, chain: Chain): Chain {
  const { entries } = chain;
  if (chain.broken || noted === null) return chain;
  const broken = (line: number, problem: string): Chain => ({ entries, broken: { line, problem } });
  if ('problem' in noted) return broken(entries.length, noted.problem);
  if (noted.count > entries.length) {
    const problem = `lines are missing at the end: ${noted.count} were written, ${entries.length} are there`;
    return broken(entries.length + 1, problem);
  }
  const isOther = noted.count > 0 && entries[noted.count - 1]?.digest !== noted.head;
  return isOther ? broken(noted.count, 'it is not the line that was written') : chain;
}
