import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../../files/testing/scratch-folder';

const env = { ...process.env };

/** A git that works up to its n-th call and is killed there, before or after it did its work, as all that follow. */
export function killGitAt(call: number, when: 'before' | 'after'): void {
  const bin = scratchFolder();
  const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh
n=$(($(cat "${bin}/count" 2>/dev/null || echo 0) + 1))
echo $n > "${bin}/count"
if [ $n -lt ${call} ]; then exec "${real}" "$@"; fi
if [ $n -eq ${call} ] && [ ${when} = after ]; then "${real}" "$@" > "${bin}/out" 2>&1; fi
kill -9 $$
`;
  writeFileSync(join(bin, 'git'), script);
  chmodSync(join(bin, 'git'), 0o755);
  process.env['PATH'] = `${bin}:${env['PATH'] ?? ''}`;
}

export const restoreGit = (): void => {
  process.env['PATH'] = env['PATH'];
};
