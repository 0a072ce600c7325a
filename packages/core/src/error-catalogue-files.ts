import type { Row } from './error-catalogue';

const row = <D>(what: Row<D>['what'], mend: Row<D>['mend']): Row<D> => ({ what, mend });

const hindrances = {
  file: 'a file is there, where a folder belongs',
  folder: 'a folder is there, where a file belongs',
  denied: 'the user who runs this may not read or write it',
  'read-only': 'its disk can only be read',
} as const;

/** What stands in the way of reading or writing a file. */
export type Hindrance = keyof typeof hindrances;

/** The part of the catalogue about the files that Sluice keeps. */
export const fileErrors = {
  PATH_UNUSABLE: row<{ path: string; hindrance: Hindrance; code: string }>(
    (d) => `${d.path} can't be used: ${hindrances[d.hindrance]} (${d.code}).`,
    (d) => {
      if (d.hindrance === 'denied') return `Give it to that user; this shows whose it is: ls -ld ${d.path}`;
      if (d.hindrance === 'read-only') return 'Mount the disk so that it can be written, then run again.';
      return `Nothing was changed. Look at what it is, then move it away: mv ${d.path} ${d.path}.away`;
    },
  ),
  STATE_CORRUPT: row<{ file: string; problem: string }>(
    (d) => `The state file ${d.file} can't be read: ${d.problem}.`,
    (d) =>
      `Nothing was changed. Restore it from a backup, or move it away after checking what runs: mv ${d.file} ${d.file}.broken`,
  ),
  STATE_NEWER: row<{ file: string; found: number; known: number }>(
    (d) => `The state file ${d.file} has version ${d.found}; this Sluice knows up to ${d.known}.`,
    () => 'Use the version of Sluice that wrote it, or a newer one. Nothing was changed.',
  ),
  STATE_STALE: row<{ project: string; environment: string; owner: string; generation: number }>(
    (d) =>
      `${d.owner || 'Another driver'} has taken over ${d.project} in ${d.environment} (generation ${d.generation}).`,
    () => 'Nothing to do: that one goes on. This one stops and changes nothing any more.',
  ),
  STATE_LOST: row<{ project: string; environment: string }>(
    (d) => `The state of ${d.project} in ${d.environment} was lost, so nothing is known of the rollout before.`,
    (d) =>
      `Restore the state file, or deploy first: nx run ${d.project}:deploy-prod. Or end what serves: nx run ${d.project}:deploy-down`,
  ),
  AUDIT_KEY_INVALID: row<{ variable: string; file: string; problem: string }>(
    (d) => `The key of the audit log, ${d.file}, can't be used: ${d.problem}.`,
    (d) => `Let ${d.variable} name a file of at least 32 random bytes outside the repository, that you can read.`,
  ),
  AUDIT_CORRUPT: row<{ file: string; line: number; problem: string }>(
    (d) => `The audit log ${d.file} is broken at line ${d.line}: ${d.problem}.`,
    () =>
      'Someone or something changed it. Compare with a backup; new entries are refused until it is whole or moved away.',
  ),
  RELEASE_CORRUPT: row<{ release: string; file: string; problem: string }>(
    (d) => `The manifest of release ${d.release}, ${d.file}, can't be read: ${d.problem}.`,
    (d) =>
      `Restore it from a backup, or move it away and deploy the release again from its commit: mv ${d.file} ${d.file}.broken`,
  ),
} as const;
