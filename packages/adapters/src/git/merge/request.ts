/** A deployment to production that is done and verified, and is to be merged. */
export interface MergeRequest {
  /** The main checkout. */
  root: string;
  /** The deployment worktree, in which report and signal were written. */
  worktree: string;
  project: string;
  release: string;
  /** Tells this deployment from every other one: `app/production/7`. */
  id: string;
  /** When it began, in ms. */
  since: number;
  by: string;
  how: 'local' | 'push';
  /** The branch to merge into; `null` where none could be told. */
  base: string | null;
  /** The commit that was deployed; `null` where that is not known. */
  commit: string | null;
  /** What is committed besides report and signal: paths from the top of the workspace. */
  files: readonly string[];
  /** The command that does all this again. */
  again: string;
  /** Whether a folder with the merged tree builds. Asked only where that tree is not the one that was deployed. */
  validate(folder: string, signal: AbortSignal): Promise<{ ok: boolean; reason: string }>;
  signal: AbortSignal;
}

/** Why somebody has to do something first, and what. */
export interface Waiting {
  wait: string;
  /** Default: the command that does it all again. */
  command?: string;
}

export const isWaiting = (value: object): value is Waiting => 'wait' in value;

/** The names of some files, and how many more. */
export function named(files: readonly string[]): string {
  const shown = files.slice(0, 5).join(', ');
  return files.length > 5 ? `${shown} and ${files.length - 5} more` : shown;
}

export const short = (commit: string): string => commit.slice(0, 12);

/** As a shell takes it as one word. */
export const quote = (word: string): string =>
  /^[\p{L}\p{N}_./:@%+=-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
