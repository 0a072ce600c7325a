import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isThere } from '@sluice/adapters/durable';
import { forProduction, readManifest, withSpecs, type Manifest } from './manifest';
import type { LocalPackage } from './npm-pruning';
import { packageUnbuilt } from './problems';

/**
 * Copies packages of the workspace, built as they are, from one folder to another. Rejects with
 * `WORKSPACE_PACKAGE_UNBUILT` for one that Node could not load.
 */
export async function copyLocalPackages(locals: readonly LocalPackage[], from: string, to: string): Promise<void> {
  for (const local of locals) {
    const [source, target] = [join(from, local.from), join(to, local.to)];
    await mkdir(dirname(target), { recursive: true });
    if (!local.isFolder) {
      await cp(source, target);
      continue;
    }
    const manifest = await readManifest(source);
    if (!manifest) throw packageUnbuilt(local.name, local.from, 'package.json');
    const entries = entriesOf(manifest);
    const found = await Promise.all(entries.map((entry) => isThere(join(source, entry))));
    if (entries.length && !found.includes(true)) throw packageUnbuilt(local.name, local.from, entries.join(' or '));

    await cp(source, target, { recursive: true, verbatimSymlinks: true, filter: (path) => !left.has(basename(path)) });
    const shipped = withSpecs(forProduction(manifest), local.specs);
    await writeFile(join(target, 'package.json'), `${JSON.stringify(shipped, null, 2)}\n`);
  }
}

/** What stands in the folder of a package and is not the package: other packages, and what tools leave behind. */
const left = new Set(['node_modules', 'coverage', 'test-output', '.git', '.nx', '.sluice', '.taskmaster']);

/** What `main` and the `exports` of the package itself lead to in Node; nothing where neither is stated. */
function entriesOf({ main, exports }: Manifest): string[] {
  const isMap = typeof exports === 'object' && exports !== null && '.' in exports;
  const found = exports === undefined ? [] : leaves(isMap ? exports['.'] : exports);
  if (exports !== undefined) return found;
  return main === undefined ? [] : [main, `${main}.js`, join(main, 'index.js')];
}

const conditions = ['node', 'import', 'require', 'module-sync', 'default'];
function leaves(rule: unknown): string[] {
  if (typeof rule === 'string') return [rule];
  if (typeof rule !== 'object' || rule === null) return [];
  return Object.entries(rule).flatMap(([key, value]) =>
    Array.isArray(rule) || conditions.includes(key) ? leaves(value) : [],
  );
}
