import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  bareConfig,
  judgeSettings,
  maxDurationOf,
  minDurationOf,
  readRecord,
  replay,
  replayTable,
  sluiceError,
  z,
  type Config,
} from '@sluice/core';
import { findRepository } from '@sluice/adapters/git';
import { readSettings } from '../stage/ground';
import { isColoured } from '../stage/say';
import type { Desk } from './desk';
import type { Exit } from './exit-codes';
import { findSite } from './find-site';

export const judgeOptions = z.object({
  project: z.string().min(1).optional(),
  configuration: z.string().min(1).optional(),
  method: z.enum(['threshold', 'sequential', 'mann-whitney']).optional(),
  json: z.boolean().optional(),
});
type Options = z.infer<typeof judgeOptions>;

/** Judges recorded intervals as a canary of a project would have been, or by the defaults. */
export async function judge({ cwd, say }: Desk, file: string, options: Options): Promise<Exit> {
  const canary = await canaryOf(cwd, options);
  const times = { minDuration: minDurationOf(canary), maxDuration: maxDurationOf(canary) };
  const text = await readFile(resolve(cwd, file), 'utf8').catch((thrown: unknown) => {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    throw sluiceError('RECORD_INVALID', { file, problem: `it can't be read (${problem})` });
  });
  const replayed = replay(readRecord(text, file), judgeSettings(canary), times);
  const { project } = options;
  const about = `${canary.method}, ${project === undefined ? 'by its defaults' : `as ${project} is`}`;
  say(options.json ? JSON.stringify(replayed, null, 2) : replayTable(replayed, about, isColoured()));
  return 'done';
}

/** The canary of a project; without one there is nothing to be true to, and `sequential` is the method to try. */
async function canaryOf(cwd: string, { project, configuration, method }: Options): Promise<Config['canary']> {
  if (project === undefined) return { ...bareConfig().canary, method: method ?? 'sequential' };
  const site = await findSite(cwd, project, configuration ?? null);
  const { checkout } = await findRepository(cwd);
  const { canary } = (await readSettings(site, checkout)).config;
  return { ...canary, method: method ?? canary.method };
}
