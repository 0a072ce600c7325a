import { git, partsOf } from './run';

/**
 * The files of a checkout that have a name, committed or not, without those that git ignores; sorted, by their paths from its
 * top. Takes milliseconds where a walk of all folders would take seconds.
 */
export async function findNamed(checkout: string, name: string): Promise<string[]> {
  const options = ['-z', '--cached', '--others', '--exclude-standard', '--full-name'];
  const anywhere = [`:(top,glob)**/${name}`];
  const output = await git(checkout, '--no-literal-pathspecs', 'ls-files', ...options, '--', ...anywhere);
  return [...new Set(partsOf(output))].sort();
}
