import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Built } from '../../assemble';

const made: string[] = [];

/** A folder of its own for one test, with these files; objects are written as JSON. */
export function plant(files: Record<string, unknown>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-assembly-')));
  made.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

export function removePlanted(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The project `app` of a workspace, built into `apps/app/dist`. */
export const builtApp = (worktree: string, more: Partial<Built> = {}): Built => ({
  worktree,
  project: 'app',
  projectRoot: 'apps/app',
  output: join(worktree, 'apps/app/dist'),
  graph: { nodes: {}, externalNodes: {}, dependencies: {} },
  signal: new AbortController().signal,
  say: () => undefined,
  ...more,
});

/** Two real versions of the smallest package with a version conflict: 2.1.3 says 3,600,000, 2.0.0 says it too. */
export const ms = {
  new: {
    version: '2.1.3',
    integrity: 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==',
  },
  old: { version: '2.0.0' },
};
