import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { hasCode } from '../durable/durable-file';

/**
 * What the system knows of a process. A pid is given again after its process has gone: only together with `identity`,
 * the time of its start, does it name a process.
 */
export interface ProcessEntry {
  pid: number;
  /** The process group. Instances lead their own, so it equals their pid. */
  group: number;
  /** False for a zombie, which runs no more and only waits for its parent to ask. */
  alive: boolean;
  identity: string;
}

// Everything here is synchronous on purpose: between the look at a process and the signal to it no time may pass.

/** `null` when there is no such process. */
export function readProcess(pid: number): ProcessEntry | null {
  return linux ? readProcStat(pid) : (readPs(['-p', String(pid)])[0] ?? null);
}

/** The processes of a group that are not zombies. */
export function readGroup(group: number): ProcessEntry[] {
  const all = linux ? readProcStats() : readPs(['-A']);
  return all.filter((entry) => entry.group === group && entry.alive);
}

const linux = process.platform === 'linux';

function readProcStats(): ProcessEntry[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => readProcStat(Number(pid)) ?? []);
}

function readProcStat(pid: number): ProcessEntry | null {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), bootId());
  } catch (error) {
    // ESRCH: it went while it was read
    if (hasCode(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

let boot: string | undefined;
/** Start times count from the boot of the machine, so they are worth nothing without it. */
const bootId = () => (boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());

/** Fields of /proc/PID/stat, see proc_pid_stat(5): 3 is the state, 5 the group, 22 the start in ticks since boot. */
export function parseProcStat(text: string, bootId: string): ProcessEntry | null {
  // the second field is the program's name in parentheses, which may itself hold blanks and parentheses
  const end = text.lastIndexOf(')');
  const fields = text
    .slice(end + 1)
    .trim()
    .split(/\s+/);
  const [state, , group] = fields;
  const start = fields[19];
  const pid = Number.parseInt(text, 10);
  if (end < 0 || !state || start === undefined || !Number.isInteger(pid)) return null;
  return { pid, group: Number(group), alive: !/[ZXx]/.test(state), identity: `${bootId}:${start}` };
}

function readPs(selection: string[]): ProcessEntry[] {
  const columns = ['pid', 'pgid', 'stat', 'lstart'].flatMap((column) => ['-o', `${column}=`]);
  const { error, stdout } = spawnSync('ps', [...selection, ...columns], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  if (error) throw error;
  return stdout.split('\n').flatMap((line) => parsePsLine(line) ?? []);
}

/** `  4711  4711 Ss   Mon Jan  5 10:00:00 2026`: pid, group, state, start. */
export function parsePsLine(line: string): ProcessEntry | null {
  const [, pid, group, state, start] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S.*\S)\s*$/.exec(line) ?? [];
  if (!pid || !group || !state || !start) return null;
  return {
    pid: Number(pid),
    group: Number(group),
    alive: !state.startsWith('Z'),
    identity: start.replace(/\s+/g, ' '),
  };
}
