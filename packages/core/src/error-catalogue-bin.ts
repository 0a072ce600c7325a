import type { Row } from './error-catalogue';

const row = <D>(what: Row<D>['what'], mend: Row<D>['mend']): Row<D> => ({ what, mend });

/** The part of the catalogue that only the bin `sluice` meets. */
export const binErrors = {
  PROJECT_UNKNOWN: row<{ project: string; known: string[] }>(
    (d) => `There is no project "${d.project}" with a sluice.json in this repository.`,
    (d) => (d.known.length ? `Use one of: ${d.known.join(', ')}.` : 'Write a sluice.json beside its project.json.'),
  ),
  FILE_UNMERGEABLE: row<{ file: string; problem: string }>(
    (d) => `Nothing was added to ${d.file}: ${d.problem}.`,
    () => 'Mend the file, or move it away, then run again. Nothing was changed.',
  ),
  NOT_CONFIRMED: row<{ what: string }>(
    (d) => `Nothing was done: nobody has agreed to ${d.what}.`,
    () => 'Answer "y" on a terminal, or add --yes.',
  ),
  HOST_IN_USE: row<object>(
    () => 'The host was not stopped: a release is live, or a rollout is under way.',
    () => 'Take every project out of service first: sluice down PROJECT. The last one ends the host.',
  ),
  SYSTEMD_MISSING: row<object>(
    () => 'systemctl was not found: this machine starts its services by something else than systemd.',
    () => 'Let that, or a line @reboot of cron, run the ExecStart that "sluice service show" prints.',
  ),
  SYSTEMD_FAILED: row<{ command: string; output: string }>(
    (d) => `"${d.command}" failed: ${d.output}`,
    () => 'Mend what systemd says. It needs a session of this user: log in as the user, not by su or sudo.',
  ),
} as const;
