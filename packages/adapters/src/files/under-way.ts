import { readdir } from 'node:fs/promises';
import { environmentNames, isSettled } from '@sluice/core';
import { hasCode } from '../durable/durable-file';
import { isRunning, type NamedProcess } from '../processes/named-process';
import { begunFolder } from './paths';
import { createStateStore } from './state';

/** Whether a deployment goes on: its run lives, or the host drives a rollout of it. What can't be read may go on. */
export async function isUnderWay(root: string, project: string, run: NamedProcess | null): Promise<boolean> {
  if (run !== null && isRunning(run)) return true;
  const store = createStateStore(root);
  for (const environment of environmentNames) {
    const isOpen = await store.load(project, environment).then(
      (state) => state !== null && !isSettled(state),
      () => true,
    );
    if (isOpen) return true;
  }
  return false;
}

/** The projects that a run has begun to deploy, by their names, sorted. */
export async function begunProjects(root: string): Promise<string[]> {
  const files = await readdir(begunFolder(root)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  });
  return files
    .filter((name) => /^[^.].*\.json$/.test(name))
    .map((name) => name.slice(0, -'.json'.length).replace('+', '/'))
    .sort();
}
