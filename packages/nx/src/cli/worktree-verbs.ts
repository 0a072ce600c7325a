import { sluiceError } from '@sluice/core';
import {
  cleanWorktrees,
  findRepository,
  isolationOf,
  surveyWorktrees,
  type Cleaned,
  type SurveyedWorktree,
} from '@sluice/adapters/git';
import type { Desk } from './desk';
import type { Exit } from './exit-codes';

interface Which {
  phase?: number | undefined;
  task?: number | undefined;
}

/** Rejects with `WORKTREE_WRONG`, which names all that is wrong. */
export async function enforce({ cwd, say }: Desk, which: Which): Promise<Exit> {
  const { checkout, branch, problems } = await isolationOf(cwd, which);
  if (problems.length) throw sluiceError('WORKTREE_WRONG', { folder: checkout, problems });
  say(`${checkout} is isolated, on ${branch ?? 'no branch'}`);
  return 'done';
}

export async function list({ cwd, say }: Desk, { json }: { json?: boolean | undefined }): Promise<Exit> {
  const { root } = await findRepository(cwd);
  const found = await surveyWorktrees(root);
  if (json) say(JSON.stringify(found, null, 2));
  else say(found.length ? table(found) : 'there is no deployment worktree');
  return 'done';
}

const width = 80;

function table(found: SurveyedWorktree[]): string {
  const rows = [
    ['WORKTREE', 'COMMIT', 'STATE', 'UNFINISHED'],
    ...found.map((one) => [one.name, one.head.slice(0, 12), stateOf(one), usesOf(one)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => cut(line.trimEnd(), width))
    .join('\n');
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function stateOf({ condition, isOwn, branch, changes, locked }: SurveyedWorktree): string {
  if (condition !== 'ready') return condition;
  if (!isOwn) return cut(branch === null ? 'no branch' : `on ${branch}`, 24);
  if (changes.length) return changes.length === 1 ? '1 change' : `${changes.length} changes`;
  return locked ? 'clean, locked' : 'clean';
}

const usesOf = ({ uses }: SurveyedWorktree): string =>
  uses.length ? uses.map(({ project, by }) => `${project}: ${by}`).join('; ') : '-';

/** Ends well also where something stays: nothing was to be deleted that is needed. */
export async function clean(
  { cwd, say }: Desk,
  { force = false, print = false }: { force?: boolean | undefined; print?: boolean | undefined },
): Promise<Exit> {
  const { root } = await findRepository(cwd);
  const cleaned = await cleanWorktrees({ root, cwd, force, only: print });
  if (cleaned.length === 0) say('there is no deployment worktree');
  for (const one of cleaned) say(storyOf(one, print).join('\n'));
  return 'done';
}

/** Of what is deleted all uncommitted files are named, and of what stays for them. */
function storyOf({ name, deleted, kept, changes, branch, history }: Cleaned, only: boolean): string[] {
  const head = deleted ? `${name}: ${only ? 'would be deleted' : 'deleted'}` : `${name}: stays`;
  return [
    head,
    ...kept.map((reason) => `  ${reason}`),
    ...changes.map((path) => `  ${deleted ? '' : 'uncommitted: '}${path}`),
    ...(branch === null ? [] : [`  ${branch}`]),
    ...(history === null ? [] : [`  what the pipeline wrote there is in ${history}`]),
  ];
}
