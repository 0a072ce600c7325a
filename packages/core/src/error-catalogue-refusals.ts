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
  APPROVAL_MISSING: row<{ environment: string; release: string; standing: string; approve: string; reject: string }>(
    (d) => `${d.environment} waits until people agree to ${d.release}: ${d.standing}.`,
    (d) => `Agree with ${d.approve}, refuse with ${d.reject}; then run this again.`,
  ),
  APPROVAL_NOT_WANTED: row<{ environment: string; stage: string; command: string }>(
    (d) => `Nothing that is under way in ${d.environment} waits for an approval before ${d.stage}.`,
    (d) => `See where it stands: ${d.command}`,
  ),
  APPROVAL_OF_OTHER: row<{ given: string; wanted: string; environment: string }>(
    (d) => `${d.given} is not the release that is under way in ${d.environment}: that is ${d.wanted}.`,
    () => 'Look at the release that is under way, and approve that one if it is right.',
  ),
  APPROVAL_EXPIRED: row<{ by: string; stage: string; ttl: string }>(
    (d) => `The approval of ${d.by} before ${d.stage} has expired: it counts for ${d.ttl}.`,
    () => 'Approve anew.',
  ),
  APPROVAL_OWN: row<{ by: string; stage: string; count: number }>(
    (d) => `${d.by} started this deployment, and ${d.count} others have to agree before ${d.stage}.`,
    () => 'Ask somebody else.',
  ),
  APPROVAL_TWICE: row<{ by: string; stage: string; until: string }>(
    (d) => `${d.by} has agreed already, until ${d.until}: before ${d.stage} each person counts once.`,
    () => 'Ask somebody else.',
  ),
  APPROVER_NOT_NAMED: row<{ by: string; stage: string; from: string[] }>(
    (d) => `${d.by} is not among those whose approval counts before ${d.stage}: ${d.from.join(', ')}.`,
    () => 'Ask one of them, or correct approvals[].from in sluice.json for the next deployment.',
  ),
  ROLLOUT_STUCK: row<{ project: string; environment: string; message: string; remedy: string }>(
    (d) => `${d.environment} of ${d.project} stands still, as what happens can't be written down: ${d.message}`,
    (d) => `${d.remedy} The rollout goes on by itself once that is mended.`,
  ),
} as const;
