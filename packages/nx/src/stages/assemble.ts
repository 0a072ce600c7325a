import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { sluiceError } from '@sluice/core';
import { isThere } from '@sluice/adapters/durable';
import { installPackages } from './assembly/install';
import { shippedManifest } from './assembly/manifest';

/** A built project. Paths are absolute but `projectRoot`, which is relative to the worktree. */
export interface Built {
  worktree: string;
  project: string;
  projectRoot: string;
  /** The folder that the build target wrote. */
  output: string;
  graph: ProjectGraph;
  signal: AbortSignal;
  say(line: string): void;
}

/** What is packed: the build output, and the npm packages that it needs at run time. */
export interface Assembled {
  folder: string;
  /** How many npm packages are in it. */
  dependencies: number;
  /** Removes what was made for it. */
  release(): Promise<void>;
}

/**
 * Brings what a project runs on together in one folder that needs nothing around it. What is stated is what ships:
 * `dependencies` of the `package.json` in the build output, else of the project's own. The project graph knows more
 * packages, but not which of them the build has bundled, or needs for tests alone. Packages that the build itself put
 * into its output are taken as they are; where there are none to ship, the output is used itself and nothing is copied.
 *
 * Rejects with `BUILD_OUTPUT_MISSING`, and like `installPackages`.
 */
export async function assemble(built: Built): Promise<Assembled> {
  const { worktree, projectRoot, output } = built;
  if (!(await isThere(output))) throw sluiceError('BUILD_OUTPUT_MISSING', { folder: output });
  const project = join(worktree, projectRoot);
  const isBuilt = relative(project, output) !== '';
  if (isBuilt && (await isThere(join(output, 'node_modules')))) return asItIs(output);
  const manifest = await shippedManifest(output, project);
  const left = isBuilt ? none : manifest ? toolsAndPackages : tools;
  if (!manifest && !(await readdir(output)).some((name) => left.test(name))) return asItIs(output);

  const temporary = await mkdtemp(join(tmpdir(), 'sluice-assemble-'));
  const release = () => rm(temporary, { recursive: true, force: true });
  try {
    const folder = join(temporary, 'files');
    const filter = (path: string) => !left.test(relative(output, path));
    await cp(output, folder, { recursive: true, verbatimSymlinks: true, filter });
    if (!manifest) return { ...(await asItIs(folder)), release };
    const command = await installPackages({ ...built, folder, manifest });
    built.say(`${command} of what the project ships`);
    return { folder, dependencies: await countPackages(folder), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * A service without a build is its own output. What tools leave there is no part of it, nor what the pipeline writes, else every
 * report would make another release; nor what was installed for its development, where its packages are installed anew.
 */
const tools = /^(\.git|\.nx|\.sluice|\.taskmaster|logs|worktrees)$/;
const toolsAndPackages = /^(node_modules|\.git|\.nx|\.sluice|\.taskmaster|logs|worktrees)$/;
const none = /^(?!)/;

const asItIs = async (output: string): Promise<Assembled> => ({
  folder: output,
  dependencies: await countPackages(output),
  release: async () => undefined,
});

/** Every package manager leaves each package as a folder, whatever links there are to it. */
async function countPackages(folder: string): Promise<number> {
  if (!(await isThere(join(folder, 'node_modules')))) return 0;
  const found = await readdir(folder, { recursive: true, withFileTypes: true }); // follows no links
  return found.filter(({ name, parentPath }) => name === 'package.json' && isPackage.test(parentPath)).length;
}

const isPackage = /[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+$/;
