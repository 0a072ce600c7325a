import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRunRecords } from '../files/run-records';
import { plant, removeScratch } from '../files/testing/scratch-folder';
import { isolationOf } from './isolation';
import { ensure, refusal, whole, wholeOf } from './testing/deployment-worktree';
import { commitAll, repository, sh } from './testing/scratch-repository';
import { unattended } from './worktree-choice';
import { cleanWorktrees } from './worktree-clean';

afterAll(removeScratch);
jest.setTimeout(60_000);

const files = ['VERSION', 'app/größe.txt'];

/** Two commits, of which the second says 2 in `VERSION`; in the worktree, at the first, a run has changed both files. */
async function changed() {
  const root = repository({ VERSION: '1', 'app/main.js': 'one' });
  const first = sh(root, 'rev-parse', 'HEAD');
  plant(root, { VERSION: '2' });
  const second = commitAll(root, 'Second');
  const { path } = await ensure(root, first);
  plant(path, { VERSION: '1.1', 'app/größe.txt': 'new' });
  return { root, first, second, path };
}

/** What an earlier run of the project noted. */
const note = (root: string, worktree: string, commit: string) =>
  createRunRecords(root).write({
    ...{ project: 'app', checkout: root, worktree, wanted: 'phase-6-task-1', commit, processes: [], files },
  });

const textOf = (folder: string | null, file: string) => readFileSync(join(folder ?? '', file), 'utf8');

describe('files that a run changes in its worktree and that are merged too', () => {
  it.each(['first', 'second'] as const)(
    'are no changes of anybody, and move to the history: %s commit',
    async (which) => {
      const { root, path, ...commits } = await changed();
      const { moved, history } = await ensure(root, commits[which], { files });
      expect([...moved].sort()).toEqual(files);
      expect(files.map((file) => textOf(history, file))).toEqual(['1.1', 'new']);
      expect(wholeOf(path)).toEqual(whole(commits[which]));
    },
  );

  it('are known of earlier runs too, whatever the settings are now, and to enforce and clean', async () => {
    const { root, first, path } = await changed();
    await note(root, path, first);
    expect((await isolationOf(path, {})).problems).toEqual([]);
    expect(await ensure(root, first)).toMatchObject({ moved: files });
    plant(path, { VERSION: '1.2' });
    const [cleaned] = await cleanWorktrees({ root, cwd: root, force: false, only: false });
    expect(cleaned).toMatchObject({ deleted: true, changes: [] });
    expect(textOf(cleaned?.history ?? null, 'VERSION')).toBe('1.2');
  });

  it('are there again where a run has deleted them, or has staged them', async () => {
    const { root, first, path } = await changed();
    rmSync(join(path, 'VERSION'));
    sh(path, 'add', '--all');
    expect(await ensure(root, first, { files })).toMatchObject({ moved: ['app/größe.txt'] });
    expect(wholeOf(path)).toEqual(whole(first));
  });

  it('stay as long as something is unfinished in the worktree: it may have written them', async () => {
    const { root, first, path } = await changed();
    const use = { worktree: path, commit: first, project: 'web', by: 'a run', processes: [] };
    const tenancy = { ...unattended, uses: async () => [use] };
    expect(await ensure(root, first, { files, tenancy })).toMatchObject({ moved: [] });
    expect(textOf(path, 'VERSION')).toBe('1.1');
  });

  it('are all that is known: another change is refused, and nothing moves', async () => {
    const { root, second, path } = await changed();
    plant(path, { 'app/main.js': 'mine' });
    expect(await refusal(root, second, { files })).toMatchObject({ code: 'TREE_DIRTY' });
    expect([textOf(path, 'VERSION'), existsSync(join(root, '.sluice/history'))]).toEqual(['1.1', false]);
  });
});
