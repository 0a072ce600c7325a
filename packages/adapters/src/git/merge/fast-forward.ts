import { join } from 'node:path';
import { isThere } from '../../durable/is-there';
import { isHandoverFile, isOwnFile } from '../../files/paths';
import { statusOf } from '../changes';
import { locate, type Location } from '../repository';
import { withLock } from '../lock';
import { askGit, gitFailed } from '../run';
import { listWorktrees } from '../worktree-list';
import { isAside, moveAside, putBack } from './aside';
import { holdersOf } from './base-branch';
import { said } from './deployment-commit';
import { changedBetween, moveBranch, tipOf } from './refs';
import { named, type Waiting } from './request';

/** What is to move: a branch, from the commit that it is at to one after it. */
export interface Advance {
  root: string;
  branch: string;
  from: string;
  to: string;
  signal: AbortSignal;
}

/** `moved-on`: the branch is at another commit by now. */
export type Advanced = 'done' | 'moved-on' | Waiting;

/**
 * Moves a branch forward: at once where it is checked out nowhere, else with its checkout, as `git merge --ff-only` does. Only
 * a checkout without changes is touched; what the pipeline itself wrote there is as it was afterwards, and the list of its tasks.
 */
export async function advance(wanted: Advance): Promise<Advanced> {
  const { root, branch, from, to } = wanted;
  const { checkouts, busy } = await holdersOf(root, branch);
  if (busy !== null) return { wait: busy };
  const [checkout, another] = checkouts;
  if (another !== undefined) return { wait: `${branch} is checked out in ${checkout} and ${another}` };
  if (checkout !== undefined) return inCheckout(checkout, wanted);
  const answer = await moveBranch(root, branch, from, to);
  if (answer.code === 0) return 'done';
  if ((await tipOf(root, branch)) !== from) return 'moved-on';
  return { wait: `git refused to move ${branch}: ${said(answer)}` };
}

async function inCheckout(checkout: string, wanted: Advance): Promise<Advanced> {
  const { branch } = wanted;
  const place = await locate(checkout).catch(() => null);
  if (!place) return { wait: `${branch} is checked out in ${checkout}, which can't be read` };
  return withCheckout(place, () => forward(place, wanted));
}

const patience = 120_000;

/** One at a time is at work on a checkout. */
const withCheckout = <T>(place: Location, work: () => Promise<T>): Promise<T> => {
  const lock = join(place.gitFolder, 'sluice-checkout.lock');
  const refuse = (owner: string) => gitFailed(place.checkout, ['merge'], `${lock} is held by process ${owner}`);
  return withLock(lock, patience, refuse, work);
};

/** Puts back what a call that was killed has left aside, wherever that was. */
export async function recoverCheckouts(root: string): Promise<void> {
  for (const { path } of await listWorktrees(root)) {
    const place = await locate(path).catch(() => null);
    if (place && (await isAside(place))) await withCheckout(place, () => putBack(place));
  }
}

async function forward(place: Location, { root, branch, from, to, signal }: Advance): Promise<Advanced> {
  const { checkout } = place;
  const { foreign, own } = await changesIn(checkout);
  if (foreign.length > 0) return { wait: `${branch} is checked out in ${checkout} with changes: ${named(foreign)}` };
  const work = await underWay(place);
  if (work !== null) return { wait: `${branch} is checked out in ${checkout}, where ${work} is under way` };

  const coming = await changedBetween(root, from, to);
  try {
    await moveAside(
      place,
      own.filter((path) => coming.includes(path)),
      { from, to },
    );
    const args = ['merge', '--ff-only', '--no-autostash', '--quiet', to];
    const answer = await askGit(checkout, args, { signal });
    if ((await tipOf(root, branch)) === to) return 'done';
    if ((await tipOf(root, branch)) !== from) return 'moved-on';
    return { wait: `git could not bring ${checkout} forward: ${said(answer)}` };
  } finally {
    await putBack(place);
  }
}

/** Changed, staged, deleted and untracked files: those that the pipeline writes, and those of others. What is staged is somebody's. */
async function changesIn(checkout: string): Promise<Record<'foreign' | 'own', string[]>> {
  const files = await statusOf(checkout, ['.']);
  const loose = files.filter(({ isStaged }) => !isStaged).map(({ path }) => path);
  const own = loose.filter(isOwnFile);
  // of what the pipeline around changed meanwhile, git refuses to touch what the merge changes, too
  const free = new Set([...own, ...loose.filter(isHandoverFile)]);
  return { foreign: files.map(({ path }) => path).filter((path) => !free.has(path)), own };
}

const works = [
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
] as const;

async function underWay({ gitFolder }: Location): Promise<string | null> {
  for (const [file, what] of works) {
    if (await isThere(join(gitFolder, file))) return what;
  }
  return null;
}
