import type { ActName } from '@sluice/core';

/** What each act does, for people: Nx Console and `nx show project` show it. */
export const actTitles: Record<ActName, string> = {
  verify: 'Post-deployment verification alone, at any time',
  rollback: 'Back to the last good release, or to the one that --to names',
  promote: 'Let a step go on that is held without a conclusion; says who wants it and why',
  approve: 'Agree that the release that is under way begins a stage; says who and why',
  reject: 'Take the release back that waits for approval; says who and why',
  unfreeze: 'Let rollouts go on in spite of a freeze, for a while; says who and why',
  plan: 'Every command that a deployment would give, with its times; changes nothing',
  status: 'What runs where, with live figures',
  history: 'The audit log',
  retry: 'Allow a release that was rolled back once more; says who wants it and why',
  down: 'Stop every instance of the project',
};
