import type { Row } from './error-catalogue';

const row = <D>(what: Row<D>['what'], mend: Row<D>['mend']): Row<D> => ({ what, mend });

export const quoted = (lines: readonly string[]) =>
  lines.length ? lines.map((l) => `  | ${l}`).join('\n') : '  | (it wrote nothing)';

/** The part of the catalogue about the processes of a release. */
export const instanceErrors = {
  COMMAND_MISSING: row<{ command: string; where: string }>(
    (d) => `The command "${d.command}" (${d.where}) does not exist.`,
    () => 'Check its spelling and that the artifact or the PATH holds it.',
  ),
  SECRET_UNREADABLE: row<{ setting: string; file: string; problem: string }>(
    (d) => `${d.setting} can't be taken from ${d.file}: ${d.problem}.`,
    () => 'Put the file there, outside of the repository, so that the user who runs the Sluice host can read it.',
  ),
  USER_UNAVAILABLE: row<{ user: string; problem: string }>(
    (d) => `Nothing can be run as "${d.user}" (runtime.user): ${d.problem}.`,
    () => 'Run the Sluice host as root, or leave runtime.user out; the user must be able to reach the checkout.',
  ),
  FOLDER_MISSING: row<{ folder: string; where: string }>(
    (d) => `The release has no folder "${d.folder}" (${d.where}).`,
    () => 'Check its spelling and that the build leaves it in build.output.',
  ),
  HOOK_FAILED: row<{ release: string; hook: string; how: string; lines: string[] }>(
    (d) => `runtime.${d.hook} of ${d.release} failed: it ${d.how}. Its last lines:\n${quoted(d.lines)}`,
    () => 'Mend the cause, then deploy again: it is run again then.',
  ),
  INSTANCE_EXITED: row<{ release: string; how: string; lines: string[] }>(
    (d) => `An instance of ${d.release} ended at once (${d.how}). Its last lines:\n${quoted(d.lines)}`,
    () => 'Mend the cause in the service or its settings, then deploy again.',
  ),
  INSTANCE_UNHEALTHY: row<{ release: string; path: string; limit: string; last: string; lines: string[] }>(
    (d) =>
      `An instance of ${d.release} did not become healthy at ${d.path} within ${d.limit} (last answer: ${d.last}). Its last lines:\n${quoted(d.lines)}`,
    () => 'Check runtime.health in sluice.json and that the service listens on the PORT it is given.',
  ),
} as const;
