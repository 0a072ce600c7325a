import type { Row } from './error-catalogue';

const row = <D>(what: Row<D>['what'], mend: Row<D>['mend']): Row<D> => ({ what, mend });

/** The part of the catalogue about releases that were rolled back, and rollouts that were ended or stand still. */
export const refusalErrors = {
  RELEASE_REFUSED: row<{ release: string; reason: string; command: string }>(
    (d) => `Release ${d.release} was rolled back automatically: ${d.reason}`,
    (d) => `If you want it once more, say who and why: ${d.command}`,
  ),
  NOTHING_REFUSED: row<{ environment: string; command: string }>(
    (d) => `No release is refused in ${d.environment}, so there is nothing to allow.`,
    (d) => `Deploy: ${d.command}`,
  ),
  RELEASE_NOT_REFUSED: row<{ release: string; environment: string; refused: string[] }>(
    (d) => `Release ${d.release} is not refused in ${d.environment}, so there is nothing to allow.`,
    (d) => (d.refused.length ? `Refused there: ${d.refused.join(', ')}.` : 'No release is refused there: deploy it.'),
  ),
  SEVERAL_REFUSED: row<{ environment: string; commands: string[] }>(
    (d) => `${d.commands.length} releases are refused in ${d.environment}, so it must be said which one is meant.`,
    (d) => `Use one of:\n${d.commands.map((command) => `  ${command}`).join('\n')}`,
  ),
  ROLLOUT_ENDED: row<{ release: string; environment: string; reason: string; command: string }>(
    (d) => `The rollout of ${d.release} to ${d.environment} that this run began is over: ${d.reason}`,
    (d) => `If you want the release all the same, run the whole again: ${d.command}`,
  ),
  ROLLOUT_HELD: row<{ environment: string; share: number; reason: string; promote: string; rollback: string }>(
    (d) =>
      `${d.environment} is held with ${d.share} % of traffic at the new release until a person decides: ${d.reason}`,
    (d) => `It goes on with ${d.promote} and goes back with ${d.rollback}`,
  ),
  ROLLOUT_NOT_HELD: row<{ environment: string; command: string }>(
    (d) => `No step is held in ${d.environment}, so there is nothing to let through.`,
    (d) => `See where it stands: ${d.command}`,
  ),
  NOTHING_TO_MERGE: row<{ project: string }>(
    (d) => `Nothing of ${d.project} is to be merged: no deployment to production is done and live that wants it.`,
    () => 'Deploy to production first; "merge" of sluice.json says whether it is merged.',
  ),
  ROLLOUT_STUCK: row<{ project: string; environment: string; message: string; remedy: string }>(
    (d) => `${d.environment} of ${d.project} stands still, as what happens can't be written down: ${d.message}`,
    (d) => `${d.remedy} The rollout goes on by itself once that is mended.`,
  ),
} as const;
