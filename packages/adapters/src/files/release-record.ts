import { environmentRuntimeSchema, sluiceError, z, type ReleaseManifest } from '@sluice/core';
import { explainIssues, readJson } from './json-file';

/** What `release.json` holds: the manifest, and when it was added last (milliseconds since the epoch). */
export interface ReleaseRecord {
  manifest: ReleaseManifest;
  addedAt: number;
}

const recordSchema: z.ZodType<ReleaseRecord> = z.strictObject({
  manifest: z.strictObject({
    version: z.literal(1),
    id: z.string(),
    commit: z.string(),
    configuration: z.string().nullable(),
    project: z.string(),
    artifact: z.string(),
    runtime: z.record(z.string(), environmentRuntimeSchema),
  }),
  addedAt: z.number(),
});

/**
 * The record of a release, `null` where there is none. Rejects with `RELEASE_CORRUPT` for one that cannot be read or is
 * another's, and with `PATH_UNUSABLE`.
 */
export async function readRecord(file: string, project: string, release: string): Promise<ReleaseRecord | null> {
  const corrupt = (problem: string) => sluiceError('RELEASE_CORRUPT', { release, file, problem });
  const read = await readJson(file);
  if (!read.found) return null;
  if ('problem' in read) throw corrupt(read.problem);
  const parsed = recordSchema.safeParse(read.value);
  if (!parsed.success) throw corrupt(explainIssues(parsed.error));
  const { id, project: owner } = parsed.data.manifest;
  if (id !== release || owner !== project) throw corrupt(`it is release ${id} of ${owner}`);
  return parsed.data;
}
