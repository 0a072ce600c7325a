import { historyTable } from '@sluice/core';
import { auditFile, createAuditLog } from '@sluice/adapters/files';
import type { ActOptions } from '../options';
import type { Ground } from '../stage/ground';

/** The audit log of the project, newest last. */
export async function history(
  { project, root }: Ground,
  options: ActOptions<'history'>,
  say: (line: string) => void,
): Promise<boolean> {
  const { environment, limit, json } = options;
  const found = await createAuditLog(auditFile(root)).read({ project, ...(environment ? { environment } : {}) });
  const entries = limit === undefined ? found : found.slice(-limit);
  say(json ? JSON.stringify(entries, null, 2) : historyTable(entries, { colour: process.stdout.isTTY }));
  return true;
}
