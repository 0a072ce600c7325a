import { historyTable, sluiceError } from '@sluice/core';
import { auditFile, createAuditLog } from '@sluice/adapters/files';
import type { ActOptions } from '../options';
import type { Site } from '../stage/ground';
import { isColoured } from '../stage/say';
import { verdictLines, verifyHistory } from './verify-history';

/** The audit log of a project, or of all of them; newest last. */
export async function history(
  { project, root }: Pick<Site, 'root'> & { project: string | null },
  options: ActOptions<'history'>,
  say: (line: string) => void,
): Promise<boolean> {
  const { environment, limit, json, verify } = options;
  if (verify) {
    const verdict = await verifyHistory(root);
    for (const line of json ? [JSON.stringify(verdict, null, 2)] : verdictLines(root, verdict)) say(line);
    return verdict.ok;
  }
  // nx checks the kind of a number against the schema, not its size
  if (limit !== undefined && limit < 1)
    throw sluiceError('OPTION_INVALID', { option: 'limit', expected: 'a number of at least 1', found: String(limit) });
  const wanted = { ...(project === null ? {} : { project }), ...(environment ? { environment } : {}) };
  const found = await createAuditLog(auditFile(root)).read(wanted);
  const entries = limit === undefined ? found : found.slice(-limit);
  say(json ? JSON.stringify(entries, null, 2) : historyTable(entries, { colour: isColoured() }));
  return true;
}
