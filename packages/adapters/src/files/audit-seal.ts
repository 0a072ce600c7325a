import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { digestOf, sluiceError } from '@sluice/core';
import type { Chain } from './audit-chain';

/** What lines are sealed with, by those who have it: the log alone says nothing of it. */
export type SealKey = Buffer;

const variable = 'SLUICE_AUDIT_KEY_FILE';
const shortest = 32;

/** The key that the environment names, `null` where it names none. Rejects with `AUDIT_KEY_INVALID`. */
export async function readSealKey(
  root: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SealKey | null> {
  const file = env[variable];
  if (!file) return null;
  const invalid = (problem: string) => sluiceError('AUDIT_KEY_INVALID', { variable, file, problem });
  const [bytes, at, top] = await Promise.all([readFile(file), realpath(file), realpath(root)]).catch(
    (thrown: unknown) => {
      throw invalid(thrown instanceof Error ? thrown.message : String(thrown));
    },
  );
  if (at.startsWith(top + sep)) throw invalid('it is inside the repository, where the log is');
  if (bytes.length < shortest) throw invalid(`it has ${bytes.length} bytes; a key has ${shortest} at least`);
  return bytes;
}

/** The seal of a line, over all its members but seal and digest: so over every line before it, too. */
export const sealOf = (key: SealKey, body: object): string =>
  createHmac('sha256', key).update(digestOf(body)).digest('hex');

/** The chain, broken where a line has no seal or another: of all from the first one that has one, up to the last. */
export function heldToSeals(key: SealKey, chain: Chain): Chain {
  const { entries } = chain;
  if (chain.broken || entries.length === 0) return chain;
  const first = entries.findIndex(({ seal }) => seal !== undefined);
  const broken = (line: number, problem: string): Chain => ({ entries, broken: { line, problem } });
  if (first < 0) return broken(entries.length, 'it has no seal, and none before it has one');
  for (const { digest: _, seal, ...body } of entries.slice(first)) {
    if (seal === undefined) return broken(body.number, 'it has no seal, though one before it has');
    if (!isSame(seal, sealOf(key, body))) return broken(body.number, 'its seal is not of this key');
  }
  return chain;
}

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
