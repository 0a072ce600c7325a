import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, phase5Files } from '@sluice/core';
import { tasksFile, tasksStateFile } from '@sluice/adapters/files';
import type { Repository } from '@sluice/adapters/git';
import type { Service } from '../../inference/service';

/** Of Sluice's own files, those that tell what was made of signals, what is under way, and in which worktree. */
const ownFolders = ['handover', 'state', 'runs'];

/** A digest of all that decides what the hook says, but for processes: `findActive` tells where these count. */
export async function digestOfInputs(
  { root, checkout, head }: Repository,
  services: readonly Service[],
): Promise<string> {
  const worktrees = await readdir(join(root, 'worktrees')).catch(() => []);
  const places = [...new Set([root, checkout, ...worktrees.sort().map((name) => join(root, 'worktrees', name))])];
  const own = await Promise.all(ownFolders.map((name) => filesBelow(join(root, '.sluice', name))));
  const files = [
    require.resolve('@sluice/nx/package.json'), // another version may find something else
    ...(await Promise.all(services.map((service) => settingsFiles(join(checkout, service.root))))).flat(),
    ...places.flatMap((place) => phase5Files.map((file) => join(place, file))),
    tasksFile(root),
    tasksStateFile(root),
    ...own.flat(),
  ];
  const texts = await Promise.all(files.map(async (file) => [file, await textOf(file)]));
  return digestOf({ head, names: services.map(({ name }) => name), texts });
}

/** The settings of a project, and the files with variables that they name. */
async function settingsFiles(folder: string): Promise<string[]> {
  const file = join(folder, 'sluice.json');
  const text = await readFile(file, 'utf8').catch(() => '');
  return [file, ...[...text.matchAll(/"envFile"\s*:\s*"([^"]+)"/g)].map(([, name = '']) => join(folder, name))];
}

async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.sort().map((name) => join(folder, name));
}

/** What can't be read differs from what is not there. */
const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').then(
    (text) => `text ${text}`,
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'),
  );
