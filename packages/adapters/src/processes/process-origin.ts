import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hasCode } from '../durable/durable-file';

/** What a process runs, its words with blanks between them, and what started it. */
export interface ProcessOrigin {
  command: string;
  parent: number;
}

/** `null` where there is no such process, or the system does not tell. */
export function readOrigin(pid: number): ProcessOrigin | null {
  return process.platform === 'linux' ? readProc(pid) : readPs(pid);
}

function readProc(pid: number): ProcessOrigin | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    // the name in parentheses may hold blanks; the state and the parent come after it
    const [, parent] = stat
      .slice(stat.lastIndexOf(')') + 1)
      .trim()
      .split(' ');
    return { command, parent: Number(parent) };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

function readPs(pid: number): ProcessOrigin | null {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  const [, parent, command] = /^\s*(\d+)\s+(.*\S)\s*$/.exec(stdout) ?? [];
  return parent === undefined || command === undefined ? null : { command, parent: Number(parent) };
}
