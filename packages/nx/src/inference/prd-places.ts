import type { TargetConfiguration } from '@nx/devkit';

const shared = ['.taskmaster/docs/prd.md', '.taskmaster/docs/prd.txt', 'docs/PRD.md', 'PRD.md'];

/** Where a requirements document may lie: the first of these that there is. Paths from the workspace root. */
export const prdPlaces = (projectRoot: string): readonly string[] =>
  projectRoot === '.' ? shared : [`${projectRoot}/docs/PRD.md`, `${projectRoot}/PRD.md`, ...shared];

/** Those of the workspace lie outside of what is hashed, or in folders that git may ignore: their ids stand for them. */
export const prdInput: NonNullable<TargetConfiguration['inputs']>[number] = {
  runtime: `git ls-files -s -- ${shared.join(' ')} || echo none`,
};
