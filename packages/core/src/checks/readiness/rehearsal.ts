import { formatInstant } from '../../instant';
import type { AuditEntry } from '../../rollout/model';

/**
 * Whether an environment was ever brought back to an earlier release, by its entries in the audit log, oldest first: in
 * words when that was last, or `null`. A way back that did not end well is no rehearsal.
 */
export function rehearsalIn(entries: readonly AuditEntry[]): string | null {
  let isAsked = false;
  let last: AuditEntry | null = null;
  for (const entry of entries) {
    if (entry.what === 'rollback' || entry.what === 'deploy') isAsked = entry.what === 'rollback';
    if (entry.what === 'rolled-back' || (entry.what === 'done' && isAsked)) last = entry;
  }
  return last && `back to an earlier release on ${formatInstant(last.at)}`;
}
