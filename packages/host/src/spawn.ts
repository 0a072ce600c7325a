import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Starts a process of the host that outlives this one: a session of its own, its output appended to a file, nothing
 * inherited but what it needs. Node's own spawn, since a child that is to be left alone wants no library around it.
 */
export function spawnDetached(entry: string, args: string[], options: { cwd: string; log: string }): void {
  const log = openLog(options.log);
  try {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NX_|SLUICE_|npm_)/.test(name)));
    const child = spawn(process.execPath, [entry, ...args], {
      cwd: options.cwd,
      detached: true,
      stdio: ['ignore', log, log],
      env,
    });
    child.on('error', () => undefined); // whoever waits for its socket says that it did not come up, and names the log
    child.unref();
  } finally {
    if (typeof log === 'number') closeSync(log);
  }
}

/** A disk that is full, or a folder that may not be written, is no reason not to start. */
function openLog(path: string): number | 'ignore' {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  } catch {
    return 'ignore';
  }
}
