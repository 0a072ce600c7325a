import { posix } from 'node:path';
import { digestOf } from '@sluice/core';
import { listBlobs } from '../git/blobs';

const names: ReadonlySet<string> = new Set([
  ...['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'],
  ...['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', '.pnpmfile.mjs'],
  ...['yarn.lock', '.yarnrc', '.yarnrc.yml'],
]);

/** The digest of all that an installation goes by: the command, Node, and the lockfiles and manifests of the commit. */
export async function installedFrom(checkout: string, command: readonly string[]): Promise<string> {
  const blobs = await listBlobs(checkout, 'HEAD');
  const files = blobs.filter(({ path }) => names.has(posix.basename(path))).map(({ path, id }) => [path, id]);
  return digestOf({ command, node: process.versions.modules, files });
}
