import { basename } from 'node:path';
import { sluiceError } from '@sluice/core';
import { createRunRecords, listWorktreeUses, type RunRecord } from '@sluice/adapters/files';
import type { Tenancy } from '@sluice/adapters/git';
import { isRunning, nameProcess } from '@sluice/adapters/processes';
import { nxProcess } from './nx-process';
import type { Site } from './ground';

type Tenant = Pick<Site, 'project' | 'root' | 'checkout'>;

/** The processes of this run: nx, which lives as long as the run, and this one, which goes on alone where nx was killed. */
function ownProcesses(): RunRecord['processes'] {
  return [nxProcess(process.env, process.ppid), process.pid].flatMap((pid) => nameProcess(pid) ?? []);
}

const isOwn = (pid: number): boolean => ownProcesses().some((own) => own.pid === pid);

/** What a run that wants this worktree, by its name, knows of others. Rejects with `RUN_IN_PROGRESS`. */
export function tenancyOf(
  tenant: Tenant,
  wanted: string,
  files: readonly string[],
  passOver: Tenancy['passOver'],
): Tenancy {
  const { project, root, checkout } = tenant;
  return {
    project,
    async uses(commit) {
      const record = await createRunRecords(root).read(project, checkout);
      const other = record && record.processes.filter(isRunning).find(({ pid }) => !isOwn(pid));
      // its stages read the receipts that ours would write
      if (record && other && (record.commit !== commit || record.wanted !== wanted))
        throw sluiceError('RUN_IN_PROGRESS', { ...record, pid: other.pid });
      const uses = await listWorktreeUses(root);
      return uses.filter((use) => use.project !== project || use.processes.length === 0 || !use.processes.every(isOwn));
    },
    claim: (path, commit) => claim(tenant, path, commit, { wanted, files }),
    passOver,
  };
}

/** Notes that this run works in the worktree, beside those that share it with the same commit. */
export async function claim(
  { project, root, checkout }: Tenant,
  worktree: string,
  commit: string,
  more: { wanted: string; files: readonly string[] } | null = null,
): Promise<void> {
  const records = createRunRecords(root);
  const before = await records.read(project, checkout);
  const isShared = before?.worktree === worktree && before.commit === commit;
  const others = isShared ? before.processes.filter((other) => isRunning(other) && !isOwn(other.pid)) : [];
  await records.write({
    ...{ project, checkout, worktree, commit },
    wanted: more?.wanted ?? (isShared ? before.wanted : basename(worktree)),
    files: [...new Set([...(more?.files ?? []), ...(before?.worktree === worktree ? before.files : [])])],
    processes: [...ownProcesses(), ...others],
  });
}
