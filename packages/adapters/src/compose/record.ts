import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sluiceError, z } from '@sluice/core';
import { hasCode, replaceFile } from '../durable/durable-file';
import { readFitting } from '../files/json-file';
import { composeFolder, composeRecordFile } from '../files/paths';
import { withLock } from '../git/lock';

const schema = z.strictObject({ project: z.string(), name: z.string(), file: z.string(), endpoint: z.string() });

/** That a project has brought up the containers of a name, by which file, on which engine. Written before the first of them. */
export type ComposeRecord = z.infer<typeof schema>;

export interface ComposeRecords {
  all(): Promise<ComposeRecord[]>;
  write(record: ComposeRecord): Promise<void>;
  forget(record: ComposeRecord): Promise<void>;
  /** One at a time brings up or takes down what has this name. Rejects with `COMPOSE_BUSY` after `patience` ms. */
  whileAlone<T>(name: string, patience: number, act: () => Promise<T>): Promise<T>;
}

/** `root` is the main checkout: all its worktrees share what is brought up. */
export function recordIn(root: string): ComposeRecords {
  const folder = composeFolder(root);
  return {
    async all() {
      const files = await readdir(folder, { recursive: true }).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return [];
        throw error;
      });
      const wanted = files.filter((file) => file.endsWith('.json')).sort();
      const found = await Promise.all(wanted.map((file) => readFitting(join(folder, file), schema)));
      return found.flatMap((record) => record ?? []);
    },
    write: (record) =>
      replaceFile(composeRecordFile(root, record.name, record.project), `${JSON.stringify(record, null, 2)}\n`),
    forget: (record) => rm(composeRecordFile(root, record.name, record.project), { force: true }),
    async whileAlone(name, patience, act) {
      const lock = join(folder, `${name}.lock`);
      await mkdir(dirname(lock), { recursive: true });
      return withLock(lock, patience, (by) => sluiceError('COMPOSE_BUSY', { name, by }), act);
    },
  };
}
