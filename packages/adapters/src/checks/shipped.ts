import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from '@sluice/core';
import { hasCode } from '../durable/durable-file';

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
 * What an artifact ships: every package that lies in a `node_modules` anywhere in it, whichever package manager has put it
 * there, and by its `package-lock.json` every one that is not for development. Rejects where dependencies are stated and
 * nothing says which versions are shipped.
 */
export async function readShipped(folder: string): Promise<Shipped[]> {
  const stated = await readJson(join(folder, 'package.json'), packageSchema);
  const names = Object.keys({ ...stated?.dependencies, ...stated?.optionalDependencies });
  const lock = await readJson(join(folder, 'package-lock.json'), lockSchema);
  const installed = await installedPackages(folder);
  if (lock && names.length > 0) return [...lockedPackages(lock), ...installed];
  if (installed.length === 0 && names.length > 0) {
    throw new Error(
      `${folder}/package.json has dependencies, but neither a lockfile nor node_modules says which versions are shipped`,
    );
  }
  return installed;
}

const lockedPackages = (lock: z.infer<typeof lockSchema>): Shipped[] =>
  Object.entries(lock.packages).flatMap(([path, { name, version, dev, link }]) => {
    const at = path.lastIndexOf('node_modules/');
    if (at < 0 || dev || link || version === undefined) return [];
    return [{ name: name ?? path.slice(at + 'node_modules/'.length), version }];
  });

const installedSchema = z.object({ name: z.string().optional(), version: z.string().optional() });

/** Links are not followed: what they lead to inside lies there as a folder. */
async function installedPackages(folder: string): Promise<Shipped[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const manifests = entries.filter(
    (entry) => entry.name === 'package.json' && isPackage.test(sep + relative(folder, entry.parentPath)),
  );
  const found = await Promise.all(
    manifests.map(({ parentPath, name }) => readJson(join(parentPath, name), installedSchema)),
  );
  return found.flatMap((own) => (own?.name && own.version ? [{ name: own.name, version: own.version }] : []));
}

const isPackage = /[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^@.\\/][^\\/]*$/;

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
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${path} is not what npm writes: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
