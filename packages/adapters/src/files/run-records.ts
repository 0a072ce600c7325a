import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sluiceError, z } from '@sluice/core';
import { hasCode, replaceFile } from '../durable/durable-file';
import { namedProcess } from '../processes/named-process';
import { explainIssues, readJson } from './json-file';
import { runFile, runsFolder } from './paths';

const recordSchema = z.strictObject({
  project: z.string(),
  checkout: z.string(),
  worktree: z.string(),
  wanted: z.string(),
  commit: z.string(),
  processes: z.array(namedProcess),
  files: z.array(z.string()).default([]),
});

/**
 * In which worktree a project's latest run from a checkout works: its stages find it by this, and nobody else moves it while
 * one of the processes lives. Paths are absolute, `commit` is a full id, `wanted` the name of the worktree that was
 * asked for, `files` what the run changes there besides the pipeline's own: `versionFiles`.
 */
export type RunRecord = z.infer<typeof recordSchema>;

/** Rejects with `RUN_RECORD_INVALID` for a record that can't be read: who works where must be known, not guessed. */
export interface RunRecords {
  all(): Promise<RunRecord[]>;
  read(project: string, checkout: string): Promise<RunRecord | null>;
  write(record: z.input<typeof recordSchema>): Promise<void>;
  forget(record: Pick<RunRecord, 'project' | 'checkout'>): Promise<void>;
}

export function createRunRecords(root: string): RunRecords {
  return {
    async all() {
      const files = await readdir(runsFolder(root), { recursive: true }).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return [];
        throw error;
      });
      const wanted = files.filter((name) => /[\\/][\da-f]+\.json$/.test(name)).sort();
      const found = await Promise.all(wanted.map((name) => readRecord(join(runsFolder(root), name))));
      return found.filter((record) => record !== null);
    },
    read: (project, checkout) => readRecord(runFile(root, project, checkout)),
    write: (record) =>
      replaceFile(runFile(root, record.project, record.checkout), `${JSON.stringify(record, null, 2)}\n`),
    forget: ({ project, checkout }) => rm(runFile(root, project, checkout), { force: true }),
  };
}

async function readRecord(file: string): Promise<RunRecord | null> {
  const found = await readJson(file);
  if (!found.found) return null;
  if ('problem' in found) throw sluiceError('RUN_RECORD_INVALID', { file, problem: found.problem });
  const parsed = recordSchema.safeParse(found.value);
  if (!parsed.success) throw sluiceError('RUN_RECORD_INVALID', { file, problem: explainIssues(parsed.error) });
  return parsed.data;
}

/** What runs change in a worktree besides the pipeline's own files: these, and those of earlier runs. */
export async function writtenIn(root: string, worktree: string, files: readonly string[] = []): Promise<string[]> {
  const records = await createRunRecords(root).all();
  return [...new Set([...files, ...records.filter((one) => one.worktree === worktree).flatMap((one) => one.files)])];
}
