import type { MetricKind } from '@sluice/core';
import type { RawHeaders } from './headers';

/** Of all such fields of an answer together: what is beyond is not read. */
const mostCharacters = 4_096;
const mostEntries = 64;
const mostAmount = 1e15;

const field = 'server-timing';
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const entryName = new RegExp(`[ \\t]*(${token})`, 'y');
const parameter = new RegExp(
  `[ \\t]*;[ \\t]*(${token})(?:[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token})))?`,
  'y',
);
const separator = /[ \t]*,/y;
const amount = /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * Tells the amount (`dur`) of each entry of the answer's `Server-Timing` fields that is wanted: the first of each name. Entries
 * without one, and those whose amount is no number of 0 or more, tell nothing.
 */
export function readServerTiming(
  raw: RawHeaders,
  wanted: ReadonlyMap<string, MetricKind>,
  tell: (name: string, kind: MetricKind, amount: number) => void,
): void {
  let characters = 0;
  let entries = 0;
  const told = new Set<string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.length !== field.length || raw[i]?.toLowerCase() !== field) continue;
    const text = raw[i + 1] ?? '';
    characters += text.length;
    if (characters > mostCharacters) return;
    if (![...wanted.keys()].some((name) => text.includes(name))) continue;
    for (let at = 0; at < text.length;) {
      entries += 1;
      const entry = readEntry(text, at);
      if (entry === undefined || entries > mostEntries) break;
      at = entry.next;
      const kind = wanted.get(entry.name);
      if (kind === undefined || entry.amount === undefined || told.has(entry.name)) continue;
      told.add(entry.name);
      tell(entry.name, kind, entry.amount);
    }
  }
}

/** The entry that begins at `at`; `undefined` where the rest can't be read. */
function readEntry(text: string, at: number): { name: string; amount: number | undefined; next: number } | undefined {
  const [head, name = ''] = matchAt(entryName, text, at) ?? [];
  if (head === undefined) return undefined;
  let next = at + head.length;
  let found: number | undefined;
  for (let match = matchAt(parameter, text, next); match !== null; match = matchAt(parameter, text, next)) {
    const [whole, key = '', quoted, plain] = match;
    next += whole.length;
    if (key.toLowerCase() === 'dur') found ??= amountOf(quoted ?? plain ?? '');
  }
  const comma = matchAt(separator, text, next);
  if (comma === null) return { name, amount: found, next: text.length };
  return { name, amount: found, next: next + comma[0].length };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function amountOf(text: string): number | undefined {
  const value = amount.test(text) ? Number(text) : Number.NaN;
  return value <= mostAmount ? value : undefined;
}
