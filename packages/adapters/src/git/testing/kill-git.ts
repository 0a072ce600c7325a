import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../../files/testing/scratch-folder';

const env = { ...process.env };

/** What changes something: a call that is killed at a command that only reads is killed after the one before it. */
const changing = ['add', 'commit', 'commit-tree', 'update-ref', 'worktree add', 'worktree remove', 'read-tree'];
const others = [
  'write-tree',
  'update-index',
  'checkout-index',
  'merge',
  'merge-tree',
  'hook',
  'reset',
  'config',
  'push',
];

/** A git that works up to its n-th command that changes something and is killed there, before or after it, as all that follow. */
export function killGitAt(call: number, when: 'before' | 'after'): void {
  const bin = scratchFolder();
  const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
  const commands = [...changing, ...others].map((command) => `*" ${command} "*`).join('|');
  const script = `#!/bin/sh
n=$(cat "${bin}/count" 2>/dev/null || echo 0)
if [ $n -ge ${call} ]; then kill -9 $$; fi
case " $* " in ${commands}) n=$((n + 1)); echo $n > "${bin}/count";; *) exec "${real}" "$@";; esac
if [ $n -lt ${call} ]; then exec "${real}" "$@"; fi
if [ ${when} = after ]; then "${real}" "$@" > "${bin}/out" 2>&1; fi
kill -9 $$
`;
  writeFileSync(join(bin, 'git'), script);
  chmodSync(join(bin, 'git'), 0o755);
  process.env['PATH'] = `${bin}:${env['PATH'] ?? ''}`;
}

export const restoreGit = (): void => {
  process.env['PATH'] = env['PATH'];
};
