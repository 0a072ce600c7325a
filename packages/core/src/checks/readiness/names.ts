import { documentNames } from './documents';

/** Items that may be left out of the score where they say nothing. */
export const optionalNames = [
  ...(['coverage', 'findings', 'health', 'metrics', 'smoke', 'way-back', 'rehearsal'] as const),
  ...(['owners', 'go', 'approvals'] as const),
  ...documentNames,
];

/** Every item of Sluice's own. */
export const readinessNames: readonly string[] = ['tests', 'security', ...optionalNames];
