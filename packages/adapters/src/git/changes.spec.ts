import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { plant, removeScratch } from '../files/testing/scratch-folder';
import { listChanges, listDirt } from './changes';
import { commitAll, repository, sh } from './testing/scratch-repository';

afterAll(removeScratch);

describe('listChanges', () => {
  it('finds nothing in a clean checkout', async () => {
    expect(await listChanges(repository())).toEqual([]);
  });

  it('finds what was changed, staged, deleted, renamed, made executable, added and replaced by a link', async () => {
    const root = repository({ a: '1', b: '2', c: '3', d: 'a longer text to rename', e: '5', f: '6' });
    plant(root, { a: 'changed', b: 'staged', new: 'untracked', 'folder/deep/new': 'untracked' });
    sh(root, 'add', 'b');
    rmSync(join(root, 'c'));
    sh(root, 'mv', 'd', 'moved');
    chmodSync(join(root, 'e'), 0o755);
    rmSync(join(root, 'f'));
    symlinkSync('a', join(root, 'f'));
    expect(await listChanges(root)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'folder/deep/new', 'moved', 'new']);
  });

  it('reads paths with spaces, letters of other alphabets, quotes, arrows and line breaks', async () => {
    const names = ['a b', 'größe.js', '日本', 'it\'s "it"', 'a -> b', 'two\nlines', ' leading', '-dash', ':(top)x'];
    const root = repository(Object.fromEntries(names.map((name) => [name, '1'])));
    plant(root, Object.fromEntries(names.map((name) => [name, '2'])));
    expect(await listChanges(root)).toEqual([...names].sort());
  });

  it('leaves out what git ignores', async () => {
    const root = repository({ '.gitignore': 'dist/\n' });
    plant(root, { 'dist/main.js': 'x' });
    expect(await listChanges(root)).toEqual([]);
  });

  it('leaves out what the pipeline writes, tracked or not', async () => {
    const root = repository({ '.taskmaster/DEPLOYMENT_REPORT.md': 'old' });
    plant(root, {
      '.taskmaster/DEPLOYMENT_REPORT.md': 'new',
      '.taskmaster/.signals/phase6-complete.json': '{}',
      '.taskmaster/deployments/web/report.md': 'x',
      'logs/deployment-canary.log': 'x',
      '.sluice/audit.jsonl': 'x',
    });
    sh(root, 'worktree', 'add', '--quiet', join(root, 'worktrees', 'phase-6-task-1'), '-b', 'x');
    expect(await listChanges(root)).toEqual([]);
    plant(root, { 'logs/app.log': 'x', '.taskmaster/tasks.json': 'x' });
    expect(await listChanges(root)).toEqual(['.taskmaster/tasks.json', 'logs/app.log']);
  });

  it('does not depend on settings of the user', async () => {
    const root = repository({ a: 'a text to rename' });
    const settings = { 'status.showUntrackedFiles': 'no', 'status.short': 'true', 'core.quotePath': 'true' };
    for (const [name, value] of Object.entries(settings)) sh(root, 'config', name, value);
    sh(root, 'mv', 'a', 'b');
    plant(root, { 'new ä': 'x' });
    expect(await listChanges(root)).toEqual(['a', 'b', 'new ä']);
  });

  it('sees a submodule that stands elsewhere', async () => {
    const root = repository();
    sh(root, 'submodule', '--quiet', 'add', repository(), 'sub');
    commitAll(root);
    expect(await listChanges(root)).toEqual([]);
    commitAll(join(root, 'sub'));
    expect(await listChanges(root)).toEqual(['sub']);
  });
});

describe('listDirt', () => {
  it('looks only at the paths that it is given, literally', async () => {
    const root = repository({ 'app/[id].js': '1', 'app/i.js': '1', 'apple.js': '1', 'lib/a.js': '1' });
    plant(root, { 'app/[id].js': '2', 'app/i.js': '2', 'apple.js': '2', 'lib/a.js': '2' });
    expect(await listDirt(root, ['app'])).toEqual(['app/[id].js', 'app/i.js']);
    expect(await listDirt(root, ['app/[id].js', 'lib/'])).toEqual(['app/[id].js', 'lib/a.js']);
    expect(await listDirt(root, ['missing'])).toEqual([]);
    expect(await listDirt(root, ['.'])).toHaveLength(4);
  });

  it('sees what the pipeline writes', async () => {
    const root = repository();
    plant(root, { '.sluice/audit.jsonl': 'x' });
    expect(await listDirt(root, ['.sluice'])).toEqual(['.sluice/audit.jsonl']);
  });
});
