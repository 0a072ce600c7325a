import { execFile, fork, spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../../../../..');

export interface RouterProgram {
  /** The main file. */
  entry: string;
  start(dir: string, ...args: string[]): ChildProcess;
  /** With so many file descriptors at most. */
  startWithin(dir: string, descriptors: number): ChildProcess;
  /** The same program as another version. */
  as(version: string): Promise<RouterProgram>;
  remove(): Promise<void>;
}

const newFolder = () => mkdtemp(join(tmpdir(), 'sluice-router-build-'));

/** The router's own process, built from the sources. */
export async function buildRouter(): Promise<RouterProgram> {
  const folder = await newFolder();
  const tsup = join(require.resolve('tsup/package.json'), '../dist/cli-default.js');
  const source = join(root, 'packages/host/src/router/main.ts');
  const options = ['--no-config', '--format', 'cjs', '--out-dir', join(folder, 'dist/router')];
  await promisify(execFile)(process.execPath, [tsup, source, ...options], { cwd: root });
  return programAt(folder, '9.9.9');
}

async function programAt(folder: string, version: string): Promise<RouterProgram> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ version }));
  const entry = join(folder, 'dist/router/main.js');
  const argumentsFor = (dir: string) => ['--dir', dir, '--socket', join(dir, 'router.sock')];
  return {
    entry,
    start: (dir, ...args) =>
      fork(entry, [...argumentsFor(dir), ...args], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
    startWithin: (dir, descriptors) =>
      spawn(
        'sh',
        ['-c', 'ulimit -n "$0" && exec "$@"', String(descriptors), process.execPath, entry, ...argumentsFor(dir)],
        { stdio: 'ignore' },
      ),
    async as(version) {
      const copy = await newFolder();
      await cp(folder, copy, { recursive: true });
      return programAt(copy, version);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
