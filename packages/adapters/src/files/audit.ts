import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sluiceError, type AuditEntry } from '@sluice/core';
import { forgetEnd, heldTo, noteEnd, readEnd } from './audit-end';
import {
  chainEntries,
  emptyChain,
  endOf,
  lineOf,
  parseChain,
  type Chain,
  type ChainedEntry,
  type ChainEnd,
} from './audit-chain';
import { heldToSeals, type SealKey } from './audit-seal';
import { hasCode, makeFolder, ownerOnly, syncFolder } from '../durable/durable-file';
import { usable } from '../durable/usable';

export interface AuditFilter {
  project?: string;
  environment?: string;
  release?: string;
}

export type AuditVerdict = ({ ok: true } & ChainEnd) | { ok: false; line: number; problem: string };

export interface AuditLog {
  /**
   * Appends the entries that the log does not hold yet (by id, among its last 1000 lines) with one write and an fsync,
   * notes the chain's end beside it and gives it. Rejects with `AUDIT_CORRUPT`, writing nothing, while the chain is broken.
   */
  record(entries: readonly AuditEntry[]): Promise<ChainEnd>;
  /** Oldest first. Rejects with `AUDIT_CORRUPT`. Never writes, so that any process may read while another records. */
  read(filter?: AuditFilter): Promise<ChainedEntry[]>;
  /**
   * Follows the whole chain, and the seals where there is a key, and checks that it holds `known`, an end that somebody else
   * remembers: the state of an environment, a completion signal.
   */
  verify(known?: ChainEnd): Promise<AuditVerdict>;
}

const remembered = 1000;

const emitWarning = (message: string): void => process.emitWarning(message);

interface Tail extends ChainEnd {
  size: number;
  ids: Set<string>;
  isNoted: boolean;
}

/**
 * The audit log: JSON lines, append only, each with the digest of the one before. One process records at a time. A last
 * line without its newline, left by a crash in the middle of an append, is cut off to `<file>.torn-<n>` by the next
 * `record`, which says so through `warn`; its entry never counted as recorded. With a `key` each line that is recorded has a seal.
 */
export function createAuditLog(
  file: string,
  warn: (message: string) => void = emitWarning,
  key: SealKey | null = null,
): AuditLog {
  let tail: Tail | null = null;
  let latest: Promise<unknown> = Promise.resolve();

  async function append(entries: readonly AuditEntry[]): Promise<ChainEnd> {
    const end = tail !== null && tail.size === (await sizeOf(file)) ? tail : await recover(file, warn);
    tail = null; // until all is written: a failed append is looked at anew
    const fresh = new Map(entries.filter(({ id }) => !end.ids.has(id)).map((entry) => [entry.id, entry]));
    const chained = chainEntries(end, [...fresh.values()], key);
    const bytes = Buffer.from(chained.map(lineOf).join(''));
    if (bytes.length > 0) await appendDurably(file, bytes);
    const after = endAfter(end, chained);
    if (after.count > end.count || !end.isNoted) await noteEnd(file, after);
    tail = { ...after, size: end.size + bytes.length, ids: latestOf([...end.ids, ...fresh.keys()]), isNoted: true };
    return { head: tail.head, count: tail.count };
  }

  return {
    record(entries) {
      const recorded = latest.then(() => append(entries));
      latest = recorded.catch(() => undefined); // told to its caller; the next one is tried all the same
      return recorded;
    },

    async read(filter = {}) {
      const found = await load(file);
      const entries = found ? orThrow(file, found.chain).entries : [];
      return entries.filter(
        (entry) =>
          (filter.project === undefined || entry.project === filter.project) &&
          (filter.environment === undefined || entry.environment === filter.environment) &&
          (filter.release === undefined || entry.release === filter.release),
      );
    },

    async verify(known) {
      const found = (await load(file))?.chain ?? { entries: [], broken: null };
      const chain = key ? heldToSeals(key, found) : found;
      if (chain.broken) return { ok: false, ...chain.broken };
      const end = endOf(chain.entries);
      if (known && known.count > end.count) {
        const problem = `lines are missing at the end: ${known.count} are remembered, the log has ${end.count}`;
        return { ok: false, line: end.count + 1, problem };
      }
      if (known && known.count > 0 && chain.entries[known.count - 1]?.digest !== known.head) {
        return { ok: false, line: known.count, problem: 'it is not the line that is remembered' };
      }
      return { ok: true, ...end };
    },
  };
}

const endAfter = (end: ChainEnd, chained: readonly ChainedEntry[]): ChainEnd => (chained.length ? endOf(chained) : end);

const latestOf = (ids: string[]): Set<string> => new Set(ids.slice(-remembered));

function orThrow(file: string, chain: Chain): Chain {
  if (chain.broken) throw sluiceError('AUDIT_CORRUPT', { file, ...chain.broken });
  return chain;
}

/** The whole lines of the log, and the bytes after the last newline; `null` where there is none. */
async function load(file: string): Promise<{ chain: Chain; size: number; torn: Buffer; isNoted: boolean } | null> {
  const noted = await readEnd(file); // before the log, which may grow meanwhile
  const bytes = await usable(file, () => readFile(file)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (!bytes) return null;
  const size = bytes.lastIndexOf('\n') + 1;
  const chain = heldTo(noted, parseChain(bytes.toString('utf8', 0, size)));
  const isNoted = noted !== null && 'count' in noted && noted.count === chain.entries.length;
  return { chain, size, torn: bytes.subarray(size), isNoted };
}

async function recover(file: string, warn: (message: string) => void): Promise<Tail> {
  const found = await load(file);
  if (!found) {
    await forgetEnd(file);
    return { ...emptyChain, size: 0, ids: new Set(), isNoted: true };
  }
  const { chain, size, torn, isNoted } = found;
  const { entries } = orThrow(file, chain);
  if (torn.length > 0) {
    const aside = await keepAside(file, torn);
    await truncate(file, size);
    warn(`The last line of the audit log ${file} was cut off by a crash. It was moved to ${aside}.`);
  }
  return { ...endOf(entries), size, ids: latestOf(entries.map(({ id }) => id)), isNoted };
}

async function keepAside(file: string, torn: Buffer): Promise<string> {
  for (let n = 1; ; n++) {
    const aside = `${file}.torn-${n}`;
    try {
      await writeFile(aside, torn, { flag: 'wx', flush: true, mode: ownerOnly.file });
      await syncFolder(dirname(file));
      return aside;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
}

async function appendDurably(file: string, bytes: Buffer): Promise<void> {
  await makeFolder(dirname(file));
  const handle = await usable(file, () => open(file, 'a', ownerOnly.file));
  try {
    const isNew = (await handle.stat()).size === 0;
    await handle.writeFile(bytes);
    await handle.sync();
    if (isNew) await syncFolder(dirname(file));
  } finally {
    await handle.close();
  }
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
