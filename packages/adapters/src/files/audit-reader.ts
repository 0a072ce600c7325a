import { open, type FileHandle } from 'node:fs/promises';
import { canonicalJson, sluiceError } from '@sluice/core';
import { emptyChain, endOf, parseChain, type ChainedEntry, type ChainEnd } from './audit-chain';
import { hasCode } from '../durable/durable-file';
import { usable } from '../durable/usable';

export interface AuditReader {
  /**
   * The entries since the last call; the first one begins with the line of the wanted entry, or with the first line of a log
   * that does not have it. Rejects with `AUDIT_CORRUPT` where these lines do not follow each other.
   */
  next(): Promise<ChainedEntry[]>;
}

/** Where the next call reads on, and the line before. `null`: nothing was read yet. */
type Place = { offset: number; end: ChainEnd } | null;

const newline = 10;

/**
 * Reads the end of the audit log, however long the log is: backwards to the entry with an id, then only what is new. The lines
 * before are not looked at, so whoever wants to know whether the whole is whole asks `AuditLog.verify`.
 */
export function createAuditReader(file: string, from: string, block = 64 * 1024): AuditReader {
  const wanted = Buffer.from(`"id":${canonicalJson(from)}`);
  let place: Place = null;

  return {
    async next() {
      const handle = await usable(file, () => open(file, 'r')).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return null;
        throw error;
      });
      if (!handle) return [];
      try {
        const { size } = await handle.stat();
        const isOther = place !== null && place.offset > size; // it was moved away, and begun anew
        const start: { offset: number; end: ChainEnd | null } =
          isOther || place === null ? { offset: await startOf(handle, size, wanted, block), end: null } : place;
        const bytes = await readBytes(handle, start.offset, size);
        const whole = bytes.subarray(0, bytes.lastIndexOf(newline) + 1).toString('utf8');
        const { entries, broken } = parseChain(whole, start.offset === 0 ? emptyChain : start.end);
        if (broken) throw sluiceError('AUDIT_CORRUPT', { file, ...broken });
        if (entries.length > 0) place = { offset: start.offset + Buffer.byteLength(whole), end: endOf(entries) };
        return entries;
      } finally {
        await handle.close();
      }
    },
  };
}

/** The offset of the line that has these bytes, from the end; 0 where none has. */
async function startOf(handle: FileHandle, size: number, wanted: Buffer, block: number): Promise<number> {
  for (let length = block; length < size; length *= 2) {
    const from = size - length;
    const bytes = await readBytes(handle, from, size);
    const found = bytes.lastIndexOf(wanted);
    const line = found < 0 ? -1 : bytes.lastIndexOf(newline, found);
    if (line >= 0) return from + line + 1;
  }
  const bytes = await readBytes(handle, 0, size);
  return bytes.lastIndexOf(newline, Math.max(0, bytes.lastIndexOf(wanted))) + 1;
}

async function readBytes(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
  return buffer.subarray(0, bytesRead);
}
