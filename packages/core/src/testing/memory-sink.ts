import { digestOf, type Digest } from '../digest';
import type { EventSink } from '../ports';
import type { AuditEntry, EnvironmentState } from '../rollout/model';

export interface MemorySink extends EventSink {
  /** What is in the audit log, oldest first. */
  entries(): readonly AuditEntry[];
  /** Every state that was told, oldest first; with `keepStates` only. */
  states(): readonly EnvironmentState[];
}

/** A chained log in memory. */
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
        log.push(structuredClone(entry));
        head = digestOf({ before: head, entry });
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
