import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** Where GitHub, GitLab and others look for it: the first that there is counts. */
const places = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'];

export interface Owners {
  /** The file that says so, from the top of the checkout. */
  file: string;
  /** Who owns a file of the list, in the order of the file. */
  names: string[];
  /** The first file of the list that nobody owns. */
  orphan: string | null;
}

interface Rule {
  matches(path: string): boolean;
  owners: readonly string[];
}

/**
 * Who owns these files, by the CODEOWNERS of the commit: of the lines that fit a file the last one counts, also where it names
 * nobody. Sections of GitLab are each a file of their own: one that names an owner is enough. `null` where there is no such file.
 */
export async function readOwners(
  worktree: string,
  committed: readonly string[],
  files: readonly string[],
): Promise<Owners | null> {
  const file = places.find((place) => committed.includes(place));
  if (file === undefined) return null;
  const sections = await parseOwners(await readFile(join(worktree, file), 'utf8'));
  const names = new Set<string>();
  let orphan: string | null = null;
  for (const path of files) {
    const owners = sections.flatMap((rules) => rules.filter((rule) => rule.matches(path)).at(-1)?.owners ?? []);
    for (const owner of owners) names.add(owner);
    if (owners.length === 0) orphan ??= path;
  }
  return { file, names: [...names], orphan };
}

/** The rules of each section, in order; before the first heading is a section, too. */
async function parseOwners(text: string): Promise<Rule[][]> {
  const { default: ignore } = await import('ignore');
  const sections: Rule[][] = [[]];
  let usual: string[] = [];
  for (const line of text.split('\n')) {
    const words = wordsOf(line);
    const heading = /^\^?\[[^\]]+\](?:\[\d+\])?/.exec(line.trim())?.[0];
    if (heading !== undefined) {
      usual = wordsOf(line.trim().slice(heading.length));
      sections.push([]);
      continue;
    }
    const [pattern, ...named] = words;
    if (pattern === undefined) continue;
    const fits = ignore().add(pattern);
    // unlike for git, "docs/*" is what lies in there, not what lies below
    const matches = (path: string) =>
      fits.ignores(path) && !(pattern.endsWith('/*') && fits.ignores(posix.dirname(path)));
    sections.at(-1)?.push({ matches, owners: named.length > 0 ? named : usual });
  }
  return sections;
}

/** Words of a line without its comment; `\ ` and `\#` are part of a pattern. */
const wordsOf = (line: string): string[] =>
  line
    .replace(/(^|\s)#.*$/, '')
    .trim()
    .split(/(?<!\\)\s+/)
    .filter((word) => word !== '');
