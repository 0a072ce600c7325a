import { createHash } from 'node:crypto';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { sluiceError } from '@sluice/core';
import { isThere } from '../durable/is-there';

export interface ComposeFile {
  /** Absolute, in the checkout whose files are deployed. */
  path: string;
  /** From the top of the checkout, for people. */
  shown: string;
  /**
   * The name of its containers and networks: the same in every worktree of a repository, and in every project that names the same
   * file. Another clone, or another file, has another.
   */
  name: string;
}

const usual = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

export interface ComposePlace {
  /** The main checkout. */
  root: string;
  /** The checkout whose files are deployed. */
  checkout: string;
  /** Relative to it. */
  projectRoot: string;
  /** Relative to the project; the first of the usual names without it. */
  file?: string | undefined;
}

/** The Compose file of a project; `null` where it has none. Rejects with `COMPOSE_INVALID` where the one that is named is not there. */
export async function findComposeFile({
  root,
  checkout,
  projectRoot,
  file,
}: ComposePlace): Promise<ComposeFile | null> {
  const folder = join(checkout, projectRoot);
  for (const name of file === undefined ? usual : [file]) {
    const path = resolve(folder, name);
    const shown = relative(checkout, path).split(sep).join('/');
    if (shown.startsWith('..')) {
      throw sluiceError('COMPOSE_INVALID', { file: name, problem: 'it is outside of the repository.' });
    }
    if (await isThere(path)) return { path, shown, name: nameOf(root, shown) };
    if (file !== undefined) throw sluiceError('COMPOSE_INVALID', { file: shown, problem: 'there is no such file.' });
  }
  return null;
}

/** Compose takes small letters, digits, "-" and "_". */
function nameOf(root: string, shown: string): string {
  const key = usual.includes(basename(shown)) ? dirname(shown) : shown;
  const digest = createHash('sha256').update(`${root}\0${key}`).digest('hex').slice(0, 8);
  const words = (key === '.' ? basename(root) : key).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `sluice-${words.replaceAll(/^-|-$/g, '').slice(-40)}-${digest}`;
}
