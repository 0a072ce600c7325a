import { rm } from 'node:fs/promises';
import { z } from '@sluice/core';
import { replaceFile } from '../durable/durable-file';
import { readJson } from './json-file';
import { leftRolloutFile } from './paths';

/**
 * Notes of runs that have left a rollout to the host (`wait: false`): whoever comes back wants to hear how it ended, once, before
 * the same release is deployed again.
 */
export interface LeftRollouts {
  /** The release whose rollout was left, or `null`. A note that can't be read is none. */
  read(project: string, environment: string): Promise<string | null>;
  write(project: string, environment: string, release: string): Promise<void>;
  forget(project: string, environment: string): Promise<void>;
}

const noteSchema = z.object({ release: z.string() });

export function createLeftRollouts(root: string): LeftRollouts {
  return {
    async read(project, environment) {
      const found = await readJson(leftRolloutFile(root, project, environment)).catch(() => null);
      const note = noteSchema.safeParse(found && 'value' in found ? found.value : null);
      return note.success ? note.data.release : null;
    },
    write: (project, environment, release) =>
      replaceFile(leftRolloutFile(root, project, environment), `${JSON.stringify({ release })}\n`),
    forget: (project, environment) => rm(leftRolloutFile(root, project, environment), { force: true }),
  };
}
