import { git } from './run';

/** Deletes what git ignores below a path of a checkout: what builds left there, never a file that is or could be committed. */
export async function removeIgnored(checkout: string, path: string): Promise<void> {
  await git(checkout, 'clean', '-fdX', '--quiet', '--', path);
}
