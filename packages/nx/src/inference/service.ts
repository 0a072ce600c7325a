import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asObject, parseObject } from './json-object';
import { scannerVersions } from './scanner-versions';

/** A project with a `sluice.json`. */
export interface Service {
  /** From the workspace root; `.` for the root itself. */
  root: string;
  name: string;
  /** The variants that its `sluice.json` names, sorted. */
  configurations: string[];
  /** What prints the versions of the scanners of the security stage and of what they know, for a shell. */
  scanners: string[];
}

/** Copies of projects are not projects: deployment worktrees, unpacked releases, packages. */
export const isOurs = (file: string): boolean => !/^(worktrees|\.sluice)\/|(^|\/)node_modules\//.test(file);

/** The service that a `sluice.json` declares; null where no `project.json` or `package.json` lies beside it. */
export async function readService(workspaceRoot: string, file: string): Promise<Service | null> {
  const root = dirname(file);
  const beside = (name: string) => readObject(join(workspaceRoot, root, name));
  const [project, manifest, text] = await Promise.all([
    beside('project.json'),
    beside('package.json'),
    readFile(join(workspaceRoot, file), 'utf8').catch(() => ''), // gone since Nx listed it
  ]);
  if (!project && !manifest) return null;
  const named = [project?.['name'], asObject(manifest?.['nx'])?.['name'], manifest?.['name']].find(isName);
  return {
    root,
    name: named ?? basename(join(workspaceRoot, root)).toLowerCase(),
    configurations: variantsIn(text),
    scanners: scannerVersions(text),
  };
}

/**
 * The names under `configurations`. A file that is not valid gives none: a thrown error would end every nx command of
 * the workspace, of other projects too. The executors say what is wrong with it.
 */
export const variantsIn = (text: string): string[] =>
  Object.keys(asObject(parseObject(text)?.['configurations']) ?? {}).sort();

async function readObject(path: string): Promise<Record<string, unknown> | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return null;
  }
  try {
    return asObject(JSON.parse(text)) ?? {};
  } catch {
    // Nx allows comments in these files; whoever writes what Nx can't read either hears of it from Nx
    const { parseJson } = await import('@nx/devkit');
    try {
      return asObject(parseJson(text)) ?? {};
    } catch {
      return {};
    }
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';
