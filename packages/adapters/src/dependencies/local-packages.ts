import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from '@sluice/core';
import type { Lockfile } from './lockfile';

const manifestSchema = z.looseObject({
  workspaces: z.unknown().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

/** How a manager says that a package is a folder of the repository, in its lockfile. A tarball is none. */
const links: Readonly<Record<Lockfile['manager'], RegExp>> = {
  npm: /"link":\s*true/,
  pnpm: /(?:^|[\s'"@])(?:link:|workspace:|file:(?!\S*\.t(?:ar\.)?gz))/m,
  yarn: /@(?:link:|file:(?!\S*\.t(?:ar\.)?gz))/,
  berry: /@(?:link:|portal:|workspace:(?!\.["\s])|file:(?!\S*\.t(?:ar\.)?gz))/,
};

/** Whether packages of a checkout are folders of it: installed, they are links, and lead to where they were installed. */
export async function hasLocalPackages(folder: string, { manager, text }: Lockfile): Promise<boolean> {
  if (links[manager].test(text)) return true;
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  const parsed = manifestSchema.safeParse(asJson(manifest));
  if (!parsed.success) return true; // the manager says what is wrong with it
  const { workspaces, dependencies, devDependencies, optionalDependencies } = parsed.data;
  const specs = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
  return (
    Boolean(workspaces) || specs.some((spec) => /^(?:link:|portal:|workspace:|file:(?!.*\.t(?:ar\.)?gz$))/.test(spec))
  );
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
