import { posix } from 'node:path';
import { withSpecs, type Manifest } from './manifest';
import type { LockedPackage, NpmLockfile } from './npm-lockfile';
import { unlocked } from './problems';

/** A folder or tarball of the workspace that is shipped as a package; paths from where the lockfiles are. */
export interface LocalPackage {
  name: string;
  from: string;
  to: string;
  isFolder: boolean;
  /** Where the local packages are now that its `package.json` depends on. */
  specs: Record<string, string>;
}

export interface Pruned {
  lockfile: NpmLockfile;
  /** As `LocalPackage.specs`, for the manifest itself. */
  specs: Record<string, string>;
  locals: LocalPackage[];
}

/** Where local packages go, as with the executor `copy-workspace-modules` of @nx/js. */
const localFolder = 'workspace_modules';

/**
 * The part of a workspace's lockfile that a manifest needs, laid out for a folder of its own: the very packages that the
 * project at `importer` (a path of the lockfile) finds, at the same places as far as the project is no longer below the
 * workspace. The pruning of @nx/js (23.2.1) leaves out what only a workspace package needs, and picks by range.
 *
 * Throws `DEPENDENCIES_UNLOCKED` for a package that the lockfile does not have.
 */
export function pruneNpmLockfile(lockfile: NpmLockfile, importer: string, manifest: Manifest): Pruned {
  const installed = new Map(Object.entries(lockfile.packages));
  /** By its new path: where a package was, and what the lockfile says of it. */
  const placed = new Map([['', { from: importer, entry: rootEntry(manifest) }]]);
  const locals = new Map<string, LocalPackage>();
  const rootSpecs: Record<string, string> = {};

  const units = [''];
  for (const unit of units) {
    for (const [path, { from, entry }] of membersOf(unit)) settle(unit, path, from, entry);
  }
  const specsAt = new Map([['', rootSpecs], ...[...locals.values()].map(({ to, specs }) => [to, specs] as const)]);
  const packages = [...placed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { entry }]) => [path, withSpecs(entry, specsAt.get(path) ?? {})] as const);
  const { name, version } = manifest;
  return {
    lockfile: { name, version, lockfileVersion: 3, requires: true, packages: Object.fromEntries(packages) },
    specs: rootSpecs,
    locals: [...locals.values()],
  };

  /** An installed package with those nested in it, which are there for nobody else; a project alone. */
  function membersOf(unit: string) {
    const nested = isInstalled(unit) ? `${unit}/node_modules/` : null;
    return [...placed].filter(([path]) => path === unit || (nested !== null && path.startsWith(nested)));
  }

  /** Sees to it that the package at `path` finds what it found before. */
  function settle(unit: string, path: string, from: string, entry: LockedPackage): void {
    for (const { name, isRequired } of needsOf(entry)) {
      const target = lookups(from, name).find((candidate) => installed.has(candidate));
      if (target !== undefined) {
        const seen = lookups(path, name).find((candidate) => placed.has(candidate));
        if (seen === undefined || placed.get(seen)?.from !== target) place(target, placeFor(target, name, unit, path));
        const specs = path === '' ? rootSpecs : [...locals.values()].find(({ to }) => to === path)?.specs;
        const local = localAt(target, name);
        if (specs && local) specs[name] = `file:${posix.relative(path, local.to)}`;
      } else if (isRequired) {
        throw unlocked(`the lockfile has no ${name}, on which ${entry.name ?? path} depends`);
      }
    }
  }

  /** The level that it was at, where it is seen there; else within the unit, for which alone it then is. */
  function placeFor(target: string, name: string, unit: string, path: string): string {
    const owner = target.slice(0, -`/node_modules/${name}`.length);
    const wished = nodeModules(owner === importer ? '' : (locals.get(owner)?.to ?? ''), name);
    const ways = lookups(path, name);
    const seen = ways.findIndex((candidate) => placed.has(candidate));
    const isSeen = ways.includes(wished) && (seen < 0 || ways.indexOf(wished) < seen);
    return isSeen ? wished : nodeModules(unit, name);
  }

  function place(target: string, to: string): void {
    const entry = installed.get(target) ?? {};
    const local = localAt(target, to.slice(to.lastIndexOf('node_modules/') + 'node_modules/'.length));
    if (local && !locals.has(local.from)) {
      locals.set(local.from, local);
      if (local.isFolder) add(local.from, local.to, installed.get(local.from) ?? {});
    }
    if (local?.isFolder) placed.set(to, { from: target, entry: { resolved: local.to, link: true } });
    else add(target, to, local ? { ...entry, resolved: `file:${local.to}` } : entry);
  }

  function add(from: string, to: string, entry: LockedPackage): void {
    placed.set(to, { from, entry: productionEntry(entry) });
    units.push(to);
    if (!isInstalled(from)) return;
    for (const [path, nested] of installed) {
      if (!path.startsWith(`${from}/node_modules/`)) continue;
      placed.set(to + path.slice(from.length), { from: path, entry: productionEntry(nested) });
    }
  }

  /** The folder or tarball of the workspace that this package is, if it is one. */
  function localAt(target: string, name: string): LocalPackage | undefined {
    const { link: isFolder = false, resolved = '' } = installed.get(target) ?? {};
    if (!isFolder && !resolved.startsWith('file:')) return undefined;
    const from = isFolder ? resolved : resolved.slice('file:'.length);
    const to = posix.join(localFolder, isFolder ? name : posix.basename(from));
    return locals.get(from) ?? { name, from, to, isFolder, specs: {} };
  }
}

const rootEntry = (manifest: Manifest): LockedPackage => {
  const { name, version, dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
  return { name, version, dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta };
};

/** Flags of the whole workspace do not hold in a part of it. */
function productionEntry(entry: LockedPackage): LockedPackage {
  const dropped = ['dev', 'devOptional', 'devDependencies', 'peer', 'extraneous', 'optional'];
  const kept = Object.fromEntries(Object.entries(entry).filter(([key]) => !dropped.includes(key)));
  return { ...kept, ...((entry.optional || entry.devOptional) && { optional: true }) };
}

/** A peer that is optional is only for those who have it anyway. */
function needsOf(entry: LockedPackage): { name: string; isRequired: boolean }[] {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = entry;
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [
    ...Object.keys(dependencies).map((name) => ({ name, isRequired: !(name in optionalDependencies) })),
    ...[...Object.keys(optionalDependencies), ...peers].map((name) => ({ name, isRequired: false })),
  ];
}

/** Where Node looks for a package, nearest first. */
function lookups(path: string, name: string): string[] {
  const parts = path === '' ? [] : path.split('/');
  return [...parts.keys(), parts.length].reverse().map((depth) => nodeModules(parts.slice(0, depth).join('/'), name));
}

const nodeModules = (folder: string, name: string): string => posix.join(folder, 'node_modules', name);
const isInstalled = (path: string): boolean => /(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/.test(path);
