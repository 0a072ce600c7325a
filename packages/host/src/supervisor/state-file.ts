import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { environmentRuntimeSchema, sluiceError, type EnvironmentRuntime } from '@sluice/core';
import { z } from 'zod';
import { isSystemError, messageOf } from './system-error';

const version = 1;

/** What is kept of a release's settings to watch and stop it without its files. No environment: that may hold secrets. */
const settingsSchema = environmentRuntimeSchema.omit({ command: true, env: true });

const instanceSchema = z.object({
  number: z.int().min(1),
  restarts: z.int().min(0),
  /** What is about to be started, written before it is. */
  intent: z.object({ port: z.int(), log: z.string() }).nullable(),
  run: z
    .object({
      pid: z.int().min(2), // signals to -1 and 0 would go to everybody
      identity: z.string().min(1),
      port: z.int(),
      since: z.number(),
      logOffset: z.int().min(0),
      healthy: z.boolean(),
    })
    .nullable(),
  marks: z.array(z.object({ at: z.number(), offset: z.int().min(0) })),
});

const recordSchema = z.object({
  project: z.string(),
  environment: z.string(),
  release: z.string(),
  phase: z.enum(['starting', 'running', 'stopping']),
  settings: settingsSchema,
  instances: z.array(instanceSchema),
});

const fileSchema = z.object({ version: z.literal(version), workloads: z.array(recordSchema) });

export type Settings = z.infer<typeof settingsSchema>;
/** One workload of `instances.json`. */
export type SavedWorkload = z.infer<typeof recordSchema>;

export const settingsOf = (runtime: EnvironmentRuntime): Settings => settingsSchema.parse(runtime);

/** Nothing where there is no file. Throws `STATE_CORRUPT` and `STATE_NEWER`. */
export function readStateFile(file: string): SavedWorkload[] {
  const text = readIfThere(file);
  if (text === null) return [];
  const data = parseJson(file, text);
  const found = z.object({ version: z.int() }).safeParse(data);
  if (found.success && found.data.version > version) {
    throw sluiceError('STATE_NEWER', { file, found: found.data.version, known: version });
  }
  const parsed = fileSchema.safeParse(data);
  if (!parsed.success) throw sluiceError('STATE_CORRUPT', { file, problem: z.prettifyError(parsed.error) });
  return parsed.data.workloads;
}

/**
 * Whole or not at all: a reader, and whoever comes after a crash, finds the old file or the new one. It blocks for the
 * few ms of an `fsync`, so that a pid is on the disk before anything else can happen in this process.
 */
export function writeStateFile(file: string, workloads: readonly SavedWorkload[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.next`;
  const content: z.infer<typeof fileSchema> = { version, workloads: [...workloads] };
  withFile(next, 'w', (handle) => {
    writeFileSync(handle, JSON.stringify(content, null, 2));
    fsyncSync(handle);
  });
  renameSync(next, file);
  withFile(dirname(file), 'r', fsyncSync); // the new name, too
}

function withFile(path: string, flags: string, use: (handle: number) => void): void {
  const handle = openSync(path, flags, 0o600);
  try {
    use(handle);
  } finally {
    closeSync(handle);
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw sluiceError('STATE_CORRUPT', { file, problem: messageOf(error) });
  }
}
