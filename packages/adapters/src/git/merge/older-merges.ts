import { folderName, isOwnFile } from '../../files/paths';
import { git, partsOf } from '../run';
import { holdersOf } from './base-branch';
import { markIn, moveBranch, tipOf } from './refs';
import { named, short, type MergeRequest } from './request';

type Deployment = Pick<MergeRequest, 'project' | 'release'>;

const waitingBranches = ({ project }: Pick<MergeRequest, 'project'>): string =>
  `sluice/merge-${folderName('project', project)}-`;

/** The branch on which a deployment's commits wait until the base has them. */
export const waitingBranch = (deployment: Deployment): string => `${waitingBranches(deployment)}${deployment.release}`;

/**
 * Deletes the branches on which earlier deployments of the project wait, now that this one's merge, at `tip`, has taken
 * their place; answers what became of each. One stays that has anything but reports and signals that is not in the tip:
 * work is never lost.
 */
export async function dropOlder(request: MergeRequest, tip: string): Promise<string[]> {
  const { root } = request;
  const format = '--format=%(refname:lstrip=2)';
  const output = await git(root, 'for-each-ref', format, `refs/heads/${waitingBranches(request)}*`);
  const others = output.split('\n').filter((name) => name !== '' && name !== waitingBranch(request));
  const notes: string[] = [];
  for (const branch of others) {
    const at = await tipOf(root, branch);
    if (at === null || !(await isOlder(request, at))) continue;
    const hold = await reasonToKeep(root, branch, at, tip);
    const isGone = hold === null && (await moveBranch(root, branch, at, null)).code === 0;
    if (isGone) notes.push(`${branch} was deleted: this one takes its place (it was at ${short(at)})`);
    if (hold !== null) notes.push(`${branch} stays: ${hold}`);
  }
  return notes;
}

/** `app/production/5` is older than `app/production/7`; what is not known to be is not. */
async function isOlder({ root, id }: MergeRequest, at: string): Promise<boolean> {
  const [, place, number] = splitId(markIn(await git(root, 'log', '-1', '--format=%B', at)) ?? '');
  const [, ownPlace, ownNumber] = splitId(id);
  return place !== undefined && place === ownPlace && Number(number) < Number(ownNumber);
}

const splitId = (id: string): readonly (string | undefined)[] => /^(.+)\/(\d+)$/.exec(id) ?? [];

async function reasonToKeep(root: string, branch: string, at: string, tip: string): Promise<string | null> {
  if ((await holdersOf(root, branch)).checkouts.length > 0) return 'it is checked out';
  const commits = (await git(root, 'rev-list', at, `^${tip}`)).split('\n').filter(Boolean);
  const foreign: string[] = [];
  for (const commit of commits) {
    // of a merge: what neither of its sides has
    const show = ['--cc', '-r', '-z', '--root', '--no-commit-id', '--name-only', '--no-renames'];
    const changed = partsOf(await git(root, 'diff-tree', ...show, commit));
    foreign.push(...changed.filter((path) => !isOwnFile(path)));
  }
  return foreign.length === 0 ? null : `it alone has changes of ${named([...new Set(foreign)].sort())}`;
}
