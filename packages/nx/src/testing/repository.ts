import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from './workspace';

const author = { 'user.name': 'Dana', 'user.email': 'dana@example.com', 'commit.gpgsign': 'false' };

export const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A repository with these files, committed; what Sluice writes is ignored, as a run of it would see to. */
export function scratchRepository(files: Record<string, unknown>): string {
  const folder = scratchWorkspace(files);
  git(folder, 'init', '--quiet', '--initial-branch=main');
  for (const [key, value] of Object.entries(author)) git(folder, 'config', key, value);
  appendFileSync(join(folder, '.git/info/exclude'), '.sluice\nworktrees\n');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'A workspace');
  return folder;
}
