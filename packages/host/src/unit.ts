import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/** What a controller ends with that gives way while something is live: start it again. `EX_TEMPFAIL` of sysexits.h. */
export const againExit = 75;

/** One unit a repository: its folder's name is for people, the digest of its path tells two of one name apart. */
export function unitName(root: string): string {
  const name = basename(root).replace(/[^A-Za-z0-9_.-]/g, '-');
  return `sluice-${name}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}.service`;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Where a unit of this user lies. */
export const unitFile = (unit: string, env: Env = process.env): string =>
  join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'systemd/user', unit);

/**
 * Lets the unit of a repository, where one is installed, stand by for a host that was started beside it: it ended by itself
 * when nothing was live. Nobody waits for it, and where systemd can't be asked the host runs as if there were no unit.
 */
export function wakeUnit(root: string): void {
  const unit = unitName(root);
  if (!existsSync(unitFile(unit))) return;
  const args = ['--user', 'start', '--no-block', unit];
  const child = spawn('systemctl', args, { stdio: 'ignore', detached: true, env: { ...process.env } });
  child.on('error', () => undefined);
  child.unref();
}
