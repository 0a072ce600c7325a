import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectGraph, TargetConfiguration } from '@nx/devkit';

/**
 * What a pure stage judges, as one table: Nx's inputs (its hash) and the paths of the content digest are both made
 * from it, so a replayed receipt always fits the content that it names.
 */
const table = {
  /** Folders that the pipeline itself writes. In a repository of one project they lie inside the project. */
  written: ['.sluice', '.taskmaster', 'logs'],
  /** Files of the workspace that every project's content includes, where they exist. */
  shared: [
    'bun.lock',
    'bun.lockb',
    'npm-shrinkwrap.json',
    'nx.json',
    'package-lock.json',
    'package.json',
    'pnpm-lock.yaml',
    'tsconfig.base.json',
    'tsconfig.json',
    'yarn.lock',
  ],
} as const;

type Input = NonNullable<TargetConfiguration['inputs']>[number];

export const sharedFiles = (workspaceRoot: string): string[] =>
  table.shared.filter((file) => existsSync(join(workspaceRoot, file)));

/**
 * The table as inputs of an Nx target. The lockfile stands for the npm packages, so none is hashed once more: a name in
 * `externalDependencies` fails the run where the package is linked instead of installed.
 */
export const contentInputs = (shared: readonly string[]): Input[] => [
  '{projectRoot}/**/*',
  ...table.written.map((folder) => `!{projectRoot}/${folder}/**`),
  '^{projectRoot}/**/*',
  ...shared.map((file) => `{workspaceRoot}/${file}`),
  { externalDependencies: [] },
];

/**
 * The table as paths from the workspace root, sorted, for `git ls-tree -r`: the roots of the project and of all projects
 * that it depends on, and the shared files. What that lists is content where `contentFilter` says so.
 */
export function contentPaths(graph: ProjectGraph, project: string, workspaceRoot: string): string[] {
  const roots = [...withDependencies(graph, project)].map((name) => rootOf(graph, name));
  return [...new Set([...roots, ...sharedFiles(workspaceRoot)])].sort();
}

/**
 * Which paths, from the workspace root, are content of the project. As in Nx, a file belongs to the innermost project
 * around it, and what the pipeline writes is left out of the project itself alone.
 */
export function contentFilter(graph: ProjectGraph, project: string): (path: string) => boolean {
  const names = withDependencies(graph, project);
  const inside = new Set([...names].map((name) => rootOf(graph, name)));
  const innermostFirst = Object.values(graph.nodes)
    .map((node) => node.data.root)
    .sort((a, b) => depth(b) - depth(a));
  const own = rootOf(graph, project);
  const written = table.written.map((folder) => (own === '.' ? folder : `${own}/${folder}`));
  return (path) => {
    if (table.shared.some((file) => file === path)) return true;
    const owner = innermostFirst.find((root) => holds(root, path));
    return owner !== undefined && inside.has(owner) && !written.some((folder) => holds(folder, path));
  };
}

const holds = (folder: string, path: string): boolean => folder === '.' || path.startsWith(`${folder}/`);
const depth = (root: string): number => (root === '.' ? 0 : root.split('/').length);

function rootOf(graph: ProjectGraph, project: string): string {
  const node = graph.nodes[project];
  if (!node) throw new RangeError(`no project ${project} in the graph`);
  return node.data.root;
}

/** The project and all that it depends on; npm packages are not projects. */
function withDependencies(graph: ProjectGraph, project: string): Set<string> {
  const found = new Set([project]);
  for (const name of found) {
    for (const { target } of graph.dependencies[name] ?? []) if (target in graph.nodes) found.add(target);
  }
  return found;
}
