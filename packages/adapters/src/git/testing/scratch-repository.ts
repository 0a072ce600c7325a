import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { plant, scratchFolder } from '../../files/testing/scratch-folder';

/** Runs git as a person would, with an identity of its own; gives what it says. */
export function sh(cwd: string, ...args: string[]): string {
  const settings = [
    'user.name=Ada Löve',
    'user.email=ada@example.org',
    'commit.gpgsign=false',
    'protocol.file.allow=always',
  ];
  return execFileSync('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Commits everything and gives the commit's id. */
export function commitAll(cwd: string, subject = 'Change'): string {
  sh(cwd, 'add', '--all');
  sh(cwd, 'commit', '--quiet', '--allow-empty', '--message', subject);
  return sh(cwd, 'rev-parse', 'HEAD');
}

export const emptyRepository = (): string => {
  const root = scratchFolder('with space ä');
  sh(root, 'init', '--quiet', '--initial-branch=main');
  return root;
};

/** A repository with one commit that holds these files. */
export function repository(files: Record<string, string> = { 'app/main.js': 'one', 'lib/a.js': 'a' }): string {
  const root = plant(emptyRepository(), files);
  commitAll(root, 'First');
  return root;
}

let original: { root: string; first: string; second: string } | undefined;

/** A repository with a second commit in which `app/main.js` says `two`; gives both ids. */
export function twoCommits(): { root: string; first: string; second: string } {
  original ??= makeTwoCommits();
  const root = scratchFolder('with space ä');
  cpSync(original.root, root, { recursive: true });
  return { ...original, root };
}

function makeTwoCommits() {
  const root = repository();
  const first = sh(root, 'rev-parse', 'HEAD');
  plant(root, { 'app/main.js': 'two' });
  return { root, first, second: commitAll(root, 'Second') };
}
