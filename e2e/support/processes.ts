import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { until } from './until';

const instancesSchema = z.object({
  workloads: z.array(
    z.object({ instances: z.array(z.object({ run: z.object({ pid: z.number() }).nullable().optional() })) }),
  ),
});

/** The running processes of a workspace: those that name its folder, those that work in it, and its instances. */
export function processesOf(root: string): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid = '', stat = '', args = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === '' || stat.startsWith('Z') || Number(pid) === process.pid) return [];
    return args.includes(root) || folderOf(pid)?.startsWith(root) === true ? [Number(pid)] : [];
  });
}

/** Of the service, as the host has written them down. */
export function instancesOf(root: string): number[] {
  const file = join(root, '.sluice/host/instances.json');
  if (!existsSync(file)) return [];
  const { workloads } = instancesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return workloads.flatMap(({ instances }) => instances.flatMap(({ run }) => run?.pid ?? [])).filter(isRunning);
}

export const commandsOf = (pids: number[]): string[] =>
  pids.length
    ? execFileSync('ps', ['-o', 'pid=,args=', '-p', pids.join(',')], { encoding: 'utf8' })
        .trim()
        .split('\n')
    : [];

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends all of them at once, for controller and router start each other again, until none is left. */
export async function killAll(root: string): Promise<void> {
  await until('every process of the workspace to end', () => {
    const left = [...processesOf(root), ...instancesOf(root)];
    for (const pid of left) kill(pid, 'SIGKILL');
    return left.length === 0;
  });
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has just ended
  }
}

/** Its working folder, where the system tells (Linux). */
function folderOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
