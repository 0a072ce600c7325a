import { unlocked } from './problems';

/**
 * Yarn's lockfile says for every stated range which version it means, so the workspace's own serves a part of the
 * workspace as well: Yarn drops the rest. (What @nx/js 23.2.1 prunes for Yarn 4, `--immutable` refuses.) This checks
 * that it only dropped: throws `DEPENDENCIES_UNLOCKED` for versions that the lockfile did not have.
 */
export function checkYarnLockfile(before: string, after: string): void {
  const known = new Set(resolutionsIn(before));
  const news = resolutionsIn(after).filter((resolution) => !known.has(resolution));
  if (news.length) throw unlocked(`yarn.lock did not have ${news.join(', ')}`);
}

/** `ms@npm:2.1.3` as Yarn 2 and newer write it, a tarball's address as Yarn 1 does. */
const resolutionsIn = (lockfile: string): string[] =>
  [...lockfile.matchAll(/^ {2}(?:resolution:|resolved) "(.*)"$/gm)]
    .map(([, resolution = '']) => resolution)
    .filter((resolution) => !resolution.includes('@workspace:'));
