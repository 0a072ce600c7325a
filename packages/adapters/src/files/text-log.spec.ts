import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeScratch, scratchFolder } from './testing/scratch-folder';
import { appendLine } from './text-log';

afterAll(removeScratch);

describe('appendLine', () => {
  it('makes no folder where the worktree is gone', async () => {
    const worktree = join(scratchFolder(), 'worktree');
    await expect(appendLine(join(worktree, 'logs', 'a.log'), 'one')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(existsSync(worktree)).toBe(false);
  });

  it('makes the folder and appends', async () => {
    const file = join(scratchFolder(), 'logs', 'deployment-staging.log');
    await appendLine(file, 'one');
    await appendLine(file, 'two\n');
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  });

  it('shows by indentation that further lines belong to the first', async () => {
    const file = join(scratchFolder(), 'a.log');
    await appendLine(file, 'failed:\r\n  at x\n  at y');
    expect(readFileSync(file, 'utf8')).toBe('failed:\n      at x\n      at y\n');
  });
});
