import { environmentNames, sluiceError, toProblem } from '@sluice/core';
import {
  auditFile,
  createAuditLog,
  createStateStore,
  listStates,
  readSealKey,
  readSignalEnd,
  type AuditVerdict,
  type ChainEnd,
} from '@sluice/adapters/files';

/** `deploy-history --verify --json`. */
export interface HistoryVerdict {
  ok: boolean;
  count: number;
  head: string | null;
  /** Whether lines were held to their seals: only who has the key can. */
  sealed: boolean;
  /** What the log was held to, and how many lines it remembers. */
  against: { what: string; count: number }[];
  broken: { what: string; line: number | null; problem: string }[];
}

/** Follows the whole log of a repository, and holds it to every end that is remembered elsewhere. */
export async function verifyHistory(root: string): Promise<HistoryVerdict> {
  const key = await readSealKey(root);
  const log = createAuditLog(auditFile(root), () => undefined, key);
  const own = await log.verify();
  const verdict: HistoryVerdict = {
    ...{ ok: own.ok, count: own.ok ? own.count : 0, head: own.ok ? own.head : null },
    ...{ sealed: key !== null, against: [], broken: [] },
  };
  const hold = (what: string, found: AuditVerdict): void => {
    if (!found.ok) verdict.broken.push({ what, line: found.line, problem: found.problem });
  };
  hold('the log itself', own);
  if (!own.ok) return verdict;
  for (const { what, end } of await remembered(root)) {
    if ('problem' in end) {
      verdict.broken.push({ what, line: null, problem: end.problem });
      continue;
    }
    if (end.count === 0) continue;
    verdict.against.push({ what, count: end.count });
    hold(what, await log.verify(end));
  }
  return { ...verdict, ok: verdict.broken.length === 0 };
}

type Remembered = { what: string; end: ChainEnd | { problem: string } };

async function remembered(root: string): Promise<Remembered[]> {
  const store = createStateStore(root);
  const places = (await listStates(root)).filter(({ environment }) => environmentNames.includes(environment));
  const states = await Promise.all(
    places.map(async ({ project, environment }): Promise<Remembered> => {
      const what = `the state of ${project} in ${environment}`;
      try {
        return { what, end: (await store.load(project, environment))?.audit ?? { head: null, count: 0 } };
      } catch (thrown) {
        return { what, end: { problem: toProblem(thrown).message } };
      }
    }),
  );
  const signal = await readSignalEnd(root);
  return [...states, ...(signal ? [{ what: 'the completion signal', end: signal }] : [])];
}

/** As text: one line where it is whole, one for each part that does not fit. */
export function verdictLines(root: string, { ok, count, head, sealed, against, broken }: HistoryVerdict): string[] {
  if (ok) {
    const to = against.map((one) => `${one.what} (line ${one.count})`).join(', ');
    const end = head === null ? '' : `, the last one ${head.slice(0, 12)}`;
    return [
      `the audit log is whole: ${count} lines${end}`,
      `held to its noted end${to ? `, ${to}` : ''}${sealed ? ', and to its seals' : ''}`,
    ];
  }
  const file = auditFile(root);
  return broken.flatMap(({ what, line, problem }) => {
    if (line === null) return [`${what} can't be read: ${problem}`];
    const { message } = sluiceError('AUDIT_CORRUPT', { file, line, problem });
    return [what === 'the log itself' ? message : `${message} (${what} remembers otherwise)`];
  });
}
