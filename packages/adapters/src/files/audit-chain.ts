import { canonicalJson, digestOf, z, type AuditEntry, type Digest } from '@sluice/core';
import { sealOf, type SealKey } from './audit-seal';
import { explainIssues } from './json-file';

/** One line of the audit log: `number` counts from 1, `previous` is the digest of the line before, `null` in the first. */
export type ChainedEntry = AuditEntry & { number: number; previous: Digest | null; seal?: string; digest: Digest };

/** The end of the chain: digest of the last line and number of lines. */
export interface ChainEnd {
  head: Digest | null;
  count: number;
}

/** All lines up to the first that does not fit, and what is wrong with that one. */
export interface Chain {
  entries: ChainedEntry[];
  broken: { line: number; problem: string } | null;
}

export const emptyChain: ChainEnd = { head: null, count: 0 };

/** Loose: what a newer version adds to an entry is under the digest too. */
const lineSchema: z.ZodType<ChainedEntry> = z.looseObject({
  id: z.string(),
  at: z.number(),
  project: z.string(),
  environment: z.string(),
  release: z.string().nullable(),
  what: z.string(),
  by: z.string(),
  detail: z.string(),
  number: z.int(),
  previous: z.string().nullable(),
  from: z.string().nullable().exactOptional(),
  to: z.string().nullable().exactOptional(),
  seal: z.string().exactOptional(),
  digest: z.string(),
});

/** Entries as the lines that follow `end`. The digest of a line is that of all its other members. */
export function chainEntries(
  end: ChainEnd,
  entries: readonly AuditEntry[],
  key: SealKey | null = null,
): ChainedEntry[] {
  let { head, count } = end;
  return entries.map((entry) => {
    const line = { ...entry, number: ++count, previous: head };
    const body = key ? { ...line, seal: sealOf(key, line) } : line;
    head = digestOf(body);
    return { ...body, digest: head };
  });
}

export const lineOf = (entry: ChainedEntry): string => `${canonicalJson(entry)}\n`;

export const endOf = (entries: readonly ChainedEntry[]): ChainEnd => {
  const last = entries.at(-1);
  return last ? { head: last.digest, count: last.number } : emptyChain;
};

/**
 * Reads whole lines (each ends with a newline) and follows the chain from where it ended before them: from its beginning, or
 * with `null` from wherever the first of them is.
 */
export function parseChain(text: string, before: ChainEnd | null = emptyChain): Chain {
  const entries: ChainedEntry[] = [];
  const lines = text.split('\n').slice(0, -1);
  for (const [index, line] of lines.entries()) {
    const read = parseLine(line, entries.length ? endOf(entries) : before);
    if (typeof read === 'string') {
      const first = entries[0]?.number ?? (before?.count ?? 0) + 1;
      return { entries, broken: { line: first + index, problem: read } };
    }
    entries.push(read);
  }
  return { entries, broken: null };
}

/** The entry of a line that follows `end`, or what is wrong with it. */
function parseLine(line: string, end: ChainEnd | null): ChainedEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is not JSON';
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) return explainIssues(parsed.error);
  const { digest, ...body } = parsed.data;
  if (digestOf(body) !== digest) return 'it was changed: its digest does not fit';
  if (end && (body.number !== end.count + 1 || body.previous !== end.head)) {
    return `it does not follow the line before: a line is missing, added or moved`;
  }
  return parsed.data;
}
