import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** One npm package at one version. */
export interface Shipped {
  name: string;
  version: string;
}

const lockSchema = z.object({
  lockfileVersion: z.int().min(2),
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});
const dependencies = z.record(z.string(), z.string()).optional();
const packageSchema = z.object({ dependencies, optionalDependencies: dependencies });

/**
 * What a folder with a pruned `package.json` and `package-lock.json` ships: every package of the lockfile that is not
 * for development. Without a `package.json`, or one without dependencies, that is nothing. Rejects where dependencies
 * are stated and there is no lockfile that says which.
 */
export async function readShipped(folder: string): Promise<Shipped[]> {
  const stated = await readJson(join(folder, 'package.json'), packageSchema);
  const names = Object.keys({ ...stated?.dependencies, ...stated?.optionalDependencies });
  if (names.length === 0) return [];
  const lock = await readJson(join(folder, 'package-lock.json'), lockSchema);
  if (!lock) {
    throw new Error(
      `${folder}/package.json has dependencies, but no package-lock.json says which versions are shipped`,
    );
  }
  return Object.entries(lock.packages).flatMap(([path, { name, version, dev, link }]) => {
    const at = path.lastIndexOf('node_modules/');
    if (at < 0 || dev || link || version === undefined) return [];
    return [{ name: name ?? path.slice(at + 'node_modules/'.length), version }];
  });
}

/** Each (name, version) once, in order. */
export function uniqueShipped(ships: readonly Shipped[]): Shipped[] {
  const byKey = new Map(ships.map(({ name, version }) => [`${name}@${version}`, { name, version }]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shipped]) => shipped);
}

/**
 * A package and its lockfile that ship exactly these, each under an alias (`p0`, `p1`, ...) since a name may be there in
 * several versions. For npm to audit, not to install.
 */
export function lockShipped(ships: readonly Shipped[]) {
  const root = {
    name: 'shipped',
    version: '0.0.0',
    dependencies: Object.fromEntries(ships.map(({ name, version }, at) => [`p${at}`, `npm:${name}@${version}`])),
  };
  const packages = Object.fromEntries(ships.map((shipped, at) => [`node_modules/p${at}`, shipped]));
  return {
    'package.json': { ...root, private: true },
    'package-lock.json': { ...root, lockfileVersion: 3, requires: true, packages: { '': root, ...packages } },
  };
}

/** The parsed file, or `null` where there is none. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${path} is not what npm writes: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
