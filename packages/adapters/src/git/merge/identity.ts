import { askGit } from '../run';

/** Settings for a commit where git knows nobody to make it, and what is to be said of that. */
export interface Identity {
  settings: string[];
  note: string | null;
}

const fallback = ['-c', 'user.name=Sluice', '-c', 'user.email=sluice@localhost'];

/** Git's own identity where one is set, by configuration or environment; one that git only guesses is none. */
export async function committerIn(checkout: string): Promise<Identity> {
  const isSet = async (name: string) =>
    (await askGit(checkout, ['-c', 'user.useConfigOnly=true', 'var', name])).code === 0;
  if ((await isSet('GIT_AUTHOR_IDENT')) && (await isSet('GIT_COMMITTER_IDENT'))) return { settings: [], note: null };
  return { settings: fallback, note: 'git has no identity here, so it was committed as Sluice <sluice@localhost>' };
}
