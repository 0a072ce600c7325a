import { posix } from 'node:path';
import type { ProjectGraph, TargetConfiguration } from '@nx/devkit';

/**
 * What a pure stage judges, as one table: Nx's inputs (its hash) and the filter of the content digest are both made from
 * it, so a replayed receipt always fits the content that it names.
 */
const table = {
  /** Folders that the pipeline itself writes. In a repository of one project they lie inside the project. */
  written: ['.sluice', '.taskmaster', 'logs'],
  /**
   * Of the files beside the workspace's `package.json` every project's content has all: any of them may configure a
   * build. But those that are prose.
   */
  prose: [
    { glob: '*.md', matches: (name: string) => name.endsWith('.md') },
    { glob: 'LICENSE*', matches: (name: string) => name.startsWith('LICENSE') },
  ],
} as const;

type Input = NonNullable<TargetConfiguration['inputs']>[number];

/**
 * The table as inputs of an Nx target. The lockfile stands for the npm packages, so none is hashed once more: a name in
 * `externalDependencies` fails the run where the package is linked instead of installed.
 */
export const contentInputs: readonly Input[] = [
  '{projectRoot}/**/*',
  ...table.written.map((folder) => `!{projectRoot}/${folder}/**`),
  '^{projectRoot}/**/*',
  '{workspaceRoot}/*',
  ...table.prose.map(({ glob }) => `!{workspaceRoot}/${glob}`),
  { externalDependencies: [] },
];

/**
 * The files of a commit that git or Nx ignores are content, but Nx sees none of them: their ids stand for them, those of
 * the whole workspace, for they are few. Without a repository the stage itself says what is missing.
 */
const nxIgnores = ['node_modules', '.nx/cache', '.nx/workspace-data', '.yarn/cache'];
export const ignoredInput: Input = {
  runtime: [
    `git ls-files -cis --exclude-standard ${nxIgnores.map((path) => `-x ${path}`).join(' ')}`,
    'git ls-files -cis --exclude-per-directory=.nxignore || echo none',
  ].join(' && '),
};

/**
 * The table as a filter of a commit's files, by their paths from the workspace root. As in Nx, a file belongs to the
 * innermost project around it, and what the pipeline writes is left out of the project itself alone. A link or submodule
 * beside the workspace's `package.json` is none of the files there: Nx hashes what a link leads to, or sees a folder.
 */
export function contentFilter(graph: ProjectGraph, project: string): (path: string, isFile?: boolean) => boolean {
  const inside = new Set([...withDependencies(graph, project)].map((name) => rootOf(graph, name)));
  const roots = new Set(Object.values(graph.nodes).map((node) => node.data.root));
  const own = rootOf(graph, project);
  const written = table.written.map((folder) => `${own === '.' ? '' : `${own}/`}${folder}/`);
  return (path, isFile = true) => {
    if (isFile && isShared(path)) return true;
    const owner = innermost(roots, path);
    return owner !== null && inside.has(owner) && !written.some((folder) => path.startsWith(folder));
  };
}

const isShared = (path: string): boolean => !path.includes('/') && !table.prose.some(({ matches }) => matches(path));

/** The innermost of these folders that a path is in. */
function innermost(folders: ReadonlySet<string>, path: string): string | null {
  let folder = path;
  do {
    folder = posix.dirname(folder);
    if (folders.has(folder)) return folder;
  } while (folder !== '.');
  return null;
}

function rootOf(graph: ProjectGraph, project: string): string {
  const node = graph.nodes[project];
  if (!node) throw new RangeError(`no project ${project} in the graph`);
  return node.data.root;
}

/** The project and all that it depends on; npm packages are not projects. */
export function withDependencies(graph: ProjectGraph, project: string): Set<string> {
  const found = new Set([project]);
  for (const name of found) {
    for (const { target } of graph.dependencies[name] ?? []) if (target in graph.nodes) found.add(target);
  }
  return found;
}
