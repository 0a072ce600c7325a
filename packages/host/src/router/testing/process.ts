import { execFile, fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../../../../..');

/** The router's own process, built from the sources. */
export async function buildRouter(): Promise<{ start(dir: string): ChildProcess; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-router-build-'));
  const tsup = join(require.resolve('tsup/package.json'), '../dist/cli-default.js');
  const entry = join(root, 'packages/host/src/router/main.ts');
  const options = ['--no-config', '--format', 'cjs', '--out-dir', join(folder, 'dist/router')];
  await promisify(execFile)(process.execPath, [tsup, entry, ...options], { cwd: root });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ version: '9.9.9' }));

  return {
    start: (dir) =>
      fork(join(folder, 'dist/router/main.js'), ['--dir', dir, '--socket', join(dir, 'router.sock')], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
