import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../supervisor/testing';

const top = join(__dirname, '../../../..');

/** The two programs of the host, built from the sources, so that no test depends on what was built before. */
export interface HostProgram {
  /** The controller's main file. */
  controller: string;
  router: string;
  version: string;
  remove(): Promise<void>;
}

export async function buildHost(version = '9.9.9'): Promise<HostProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-host-build-'));
  const tsup = join(require.resolve('tsup/package.json'), '../dist/cli-default.js');
  const entries = ['controller', 'router'].map((name) => join(top, 'packages/host/src', name, 'main.ts'));
  const options = ['--no-config', '--format', 'cjs', '--target', 'node20', '--out-dir', join(folder, 'dist')];
  await promisify(execFile)(process.execPath, [tsup, ...entries, ...options], { cwd: top });
  const exports = {
    './controller': './dist/controller/main.js',
    './router': './dist/router/main.js',
    './package.json': './package.json',
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: '@sluice/host', version, exports }));
  return {
    controller: join(folder, 'dist/controller/main.js'),
    router: join(folder, 'dist/router/main.js'),
    version,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The processes that name a folder in their command line. */
export function processesOf(folder: string): { pid: number; command: string }[] {
  const listed = execFileSync('ps', ['-A', '-ww', '-o', 'pid=', '-o', 'args='], { encoding: 'utf8' });
  return listed.split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    const isOther = !command.includes(folder) || command.startsWith('ps ');
    return isOther || Number(pid) === process.pid ? [] : [{ pid: Number(pid), command }];
  });
}

/** Ends them all: controller and router start each other again, so until none is left. */
export async function endProcesses(folder: string): Promise<void> {
  await eventually(() => {
    for (const { pid } of processesOf(folder)) kill(pid);
    if (processesOf(folder).length > 0) throw new Error(`processes of ${folder} are left`);
  });
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has gone by itself
  }
}
