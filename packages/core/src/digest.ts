import { createHash } from 'node:crypto';

/** A SHA-256 in hex. */
export type Digest = string;

export const sha256 = (text: string): Digest => createHash('sha256').update(text).digest('hex');

/** The digest of plain data: independent of key order; `undefined` members do not count. */
export const digestOf = (value: unknown): Digest => sha256(canonicalJson(value));

/** JSON with sorted keys (after RFC 8785, for data that holds no exotic numbers). */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
