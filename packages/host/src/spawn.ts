import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { openLog, turnLog } from './log-copies';

/**
 * Starts a process of the host that outlives this one: a session of its own, its output appended to a file, nothing
 * inherited but what it needs. Node's own spawn, since a child that is to be left alone wants no library around it.
 * @param options.ipc a channel to talk to it, which keeps this process running until it is closed
 */
export function spawnDetached(
  entry: string,
  args: string[],
  options: { cwd: string; log: string; ipc?: boolean },
): ChildProcess {
  turnLog(options.log);
  const log = openLog(options.log);
  try {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NX_|SLUICE_|npm_)/.test(name)));
    const child = spawn(process.execPath, [entry, ...args], {
      cwd: options.cwd,
      detached: true,
      stdio: options.ipc === true ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      env,
    });
    child.on('error', () => undefined); // whoever waits for its socket says that it did not come up, and names the log
    child.unref();
    return child;
  } finally {
    if (typeof log === 'number') closeSync(log);
  }
}
