import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plant, removeScratch } from '../files/testing/scratch-folder';
import { excludeLocally } from './exclude';
import { repository, sh } from './testing/scratch-repository';

afterAll(removeScratch);

const excludeOf = (root: string) => readFileSync(join(root, '.git', 'info', 'exclude'), 'utf8');
const timesIn = (root: string, pattern: string) =>
  excludeOf(root)
    .split('\n')
    .filter((line) => line === pattern).length;

describe('excludeLocally', () => {
  it('makes git ignore the pattern, in the main checkout and its worktrees, and changes no file of theirs', async () => {
    const root = repository();
    const worktree = join(root, 'worktrees', 'x');
    sh(root, 'worktree', 'add', '--quiet', worktree, '-b', 'x');
    await excludeLocally(root, '/worktrees/');
    await excludeLocally(worktree, '.sluice/');
    for (const checkout of [root, worktree]) {
      plant(checkout, { '.sluice/state': 'x' });
      expect(sh(checkout, 'status', '--porcelain')).toBe('');
    }
  });

  it('adds a pattern once, however often and at once', async () => {
    const root = repository();
    const patterns = ['/worktrees/', '.sluice/'];
    await Promise.all(Array.from({ length: 10 }, (_, n) => excludeLocally(root, patterns[n % 2] ?? '')));
    expect(patterns.map((pattern) => timesIn(root, pattern))).toEqual([1, 1]);
  });

  it('keeps what is there, also a last line without its end', async () => {
    const root = repository();
    writeFileSync(join(root, '.git', 'info', 'exclude'), '# mine\n*.tmp');
    await excludeLocally(root, '.sluice/');
    expect(excludeOf(root)).toBe('# mine\n*.tmp\n.sluice/\n');
  });

  it('makes the list where there is none', async () => {
    const root = repository();
    rmSync(join(root, '.git', 'info'), { recursive: true, force: true });
    await excludeLocally(root, '.sluice/');
    expect(excludeOf(root)).toBe('.sluice/\n');
  });
});
