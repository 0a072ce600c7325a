import { z } from '@sluice/core';
import { unlocked } from './problems';

const specs = z.record(z.string(), z.string()).optional();
const flag = z.boolean().optional();
const entrySchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  resolved: z.string().optional(),
  link: flag,
  optional: flag,
  devOptional: flag,
  dependencies: specs,
  optionalDependencies: specs,
  peerDependencies: specs,
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: flag })).optional(),
});
const lockfileSchema = z.looseObject({ lockfileVersion: z.int().min(2), packages: z.record(z.string(), entrySchema) });

/** What a lockfile says of one package, or of the link to a folder (`link`, `resolved`). */
export type LockedPackage = z.infer<typeof entrySchema>;

/** A `package-lock.json` of version 2 or 3: every package by the path where it is installed. */
export type NpmLockfile = z.infer<typeof lockfileSchema>;

/** Throws `DEPENDENCIES_UNLOCKED` for version 1, which npm 6 wrote. */
export function parseNpmLockfile(text: string, file: string): NpmLockfile {
  const parsed = lockfileSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw unlocked(`${file} is not a lockfile of version 2 or 3`);
  return parsed.data;
}
