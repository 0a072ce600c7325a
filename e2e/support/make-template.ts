import { execFile } from 'node:child_process';
import { cp, mkdtemp, mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findModules, linkTree } from './link-tree';

const run = promisify(execFile);

/**
 * One folder that every workspace of these tests is a copy of: the files of this checkout as they are now, committed or
 * not, and a build of them. `node_modules` are hard links and not another `npm ci`: they are the very packages that the
 * lockfile has just put here, in two seconds and without the network; links such as `@sluice/core` are relative, and so
 * lead to the copy's own packages.
 */
export default async function makeTemplate(): Promise<void> {
  const source = join(__dirname, '../..');
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-e2e-')));
  process.env['SLUICE_E2E'] = folder;
  const template = join(folder, 'template');
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: source,
    maxBuffer: 1e8,
  });
  for (const file of new Set(stdout.split('\0').filter(Boolean))) {
    await mkdir(dirname(join(template, file)), { recursive: true });
    await cp(join(source, file), join(template, file)).catch((error: unknown) => {
      if (!isGone(error)) throw error; // deleted, and that is not committed yet
    });
  }
  for (const modules of findModules(source)) await linkTree(join(source, modules), join(template, modules));
  await run('npm', ['run', 'prepare'], { cwd: template });
}

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
