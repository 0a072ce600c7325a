import { generationOf, progressLine, storyLine, type AuditEntry, type EnvironmentState } from '@sluice/core';
import { auditFile, createAuditReader, type AuditReader } from '@sluice/adapters/files';
import { sayFolded } from './say';

const minute = 60_000;

/**
 * Tells a rollout as it goes: its story as lines; in between a live line on a terminal, else a line a minute. With `root` it
 * tells the story from its beginning, however late it was attached.
 */
export function narrator(project: string, environment: string, root: string | null = null) {
  const isTerminal = process.stdout.isTTY;
  const told = new Set<string>();
  let saidAt = Date.now();
  let read = -1;
  let reader: AuditReader | null = null;
  let latest = Promise.resolve();
  const clear = () => {
    if (isTerminal) process.stdout.write('\r\x1b[2K');
  };

  /** An entry may have gone from the outbox to the audit log before anyone saw it. */
  async function recorded({ rollout, audit }: EnvironmentState): Promise<AuditEntry[]> {
    if (root === null || !rollout || audit.count === read) return [];
    const own = `${project}/${environment}/`;
    reader ??= createAuditReader(auditFile(root), `${own}${rollout.number}.0.0`); // the first entry of a rollout
    const entries = await reader.next().catch(() => null);
    if (entries) read = audit.count;
    return (entries ?? []).filter(({ id }) => id.startsWith(own) && generationOf(id) >= rollout.number);
  }

  async function tell(state: EnvironmentState): Promise<void> {
    const entries = [...(await recorded(state)), ...state.outbox];
    clear();
    for (const entry of entries) {
      if (told.has(entry.id)) continue;
      told.add(entry.id);
      sayFolded(storyLine(entry));
      saidAt = Date.now();
    }
    if (isTerminal) process.stdout.write(progressLine(state, Date.now()).slice(0, process.stdout.columns - 1));
    else if (Date.now() - saidAt >= minute) {
      saidAt = Date.now();
      sayFolded(`${project} ${environment}: ${progressLine(state, saidAt)}`);
    }
  }

  return {
    tell: (state: EnvironmentState): void => void (latest = latest.then(() => tell(state))),
    /** Resolves when all is told. */
    end: (): Promise<void> => latest.then(clear),
  };
}
