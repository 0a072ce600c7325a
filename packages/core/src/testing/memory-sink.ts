import type { Digest } from '../digest';
import type { EventSink } from '../ports';
import type { AuditEntry, EnvironmentState } from '../rollout/model';
import { hashOf } from './random';

export interface MemorySink extends EventSink {
  /** What is in the audit log, oldest first. */
  entries(): readonly AuditEntry[];
  /** Every state that was told, oldest first; with `keepStates` only. */
  states(): readonly EnvironmentState[];
}

/** A chained log in memory. Its digests are short: nobody forges them, and there are millions. */
export function memorySink({ keepStates = false } = {}): MemorySink {
  const log: AuditEntry[] = [];
  const ids = new Set<string>();
  const told: EnvironmentState[] = [];
  let head: Digest | null = null;
  return {
    async record(entries) {
      for (const entry of entries) {
        if (ids.has(entry.id)) continue;
        ids.add(entry.id);
        log.push(Object.freeze({ ...entry }));
        head = hashOf(`${head}/${entry.id}/${entry.what}/${entry.detail}`).toString(16);
      }
      return { head, count: log.length };
    },
    progress(state) {
      if (keepStates) told.push(state);
    },
    entries: () => log,
    states: () => told,
  };
}
