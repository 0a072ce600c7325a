import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from '@sluice/core';

const specs = z.record(z.string(), z.string()).optional();
const manifestSchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  main: z.string().optional(),
  exports: z.unknown().optional(),
  scripts: specs,
  dependencies: specs,
  optionalDependencies: specs,
  peerDependencies: specs,
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().optional() })).optional(),
  overrides: z.record(z.string(), z.unknown()).optional(),
});

/** A `package.json`: what is read of it, and all else as it stands. */
export type Manifest = z.infer<typeof manifestSchema>;

/** `null` where a folder has no `package.json`. Rejects where it is not one. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const file = join(folder, 'package.json');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = manifestSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file} is no package.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * The `package.json` to ship, or `null` where no npm package is stated. The build's own stands for itself, unless it is
 * only a mark like `{ "type": "module" }`.
 */
export async function shippedManifest(output: string, project: string): Promise<Manifest | null> {
  const written = await readManifest(output);
  const isWhole = written?.name !== undefined || written?.dependencies !== undefined;
  const manifest = isWhole ? written : { ...(await readManifest(project)), ...written };
  return Object.keys(statedBy(manifest)).length ? forProduction(manifest) : null;
}

/** The packages that a manifest wants installed, with their ranges. */
export const statedBy = ({ dependencies, optionalDependencies }: Manifest): Record<string, string> => ({
  ...dependencies,
  ...optionalDependencies,
});

/** With these packages where they are now. */
export function withSpecs<T extends Pick<Manifest, 'dependencies' | 'optionalDependencies'>>(
  manifest: T,
  specs: Readonly<Record<string, string>>,
): T {
  const moved = (stated: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(stated).map(([name, spec]) => [name, specs[name] ?? spec]));
  const { dependencies, optionalDependencies } = manifest;
  return {
    ...manifest,
    ...(dependencies && { dependencies: moved(dependencies) }),
    ...(optionalDependencies && { optionalDependencies: moved(optionalDependencies) }),
  };
}

/** Without what is for development: its packages, its workspaces, and scripts of an installation, which need both. */
export function forProduction(manifest: Manifest): Manifest {
  const { scripts = {}, devDependencies: _packages, workspaces: _workspaces, ...rest } = manifest;
  const kept = Object.entries(scripts).filter(([name]) => !installScripts.test(name));
  return { ...rest, ...(kept.length && { scripts: Object.fromEntries(kept) }) };
}

const installScripts = /^((pre|post)?(install|prepare)|prepublish|dependencies)$/;
