import { existsSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { worktreePath } from '../files/paths';
import { createRunRecords } from '../files/run-records';
import { plant, removeScratch, scratchFolder } from '../files/testing/scratch-folder';
import { readProcess } from '../processes/process-table';
import { branch, ensure, headOf, key, whole, wholeOf } from './testing/deployment-worktree';
import { commitAll, repository, sh, twoCommits } from './testing/scratch-repository';
import { cleanWorktrees, type Cleaned } from './worktree-clean';

afterAll(removeScratch);
jest.setTimeout(60_000);

const clean = (root: string, more: { force?: boolean; only?: boolean; cwd?: string } = {}): Promise<Cleaned[]> =>
  cleanWorktrees({ root, cwd: root, force: false, only: false, ...more });

const name = 'phase-6-task-1';
const gone = { name, deleted: true, kept: [], changes: [], branch: null, history: null };

/** All of a repository that a round of making and cleaning may leave something in. */
const traces = (root: string) => ({
  files: readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/^\.git\/(packed-refs$|index$|info$|info\/exclude$)|^\.sluice(\/runs(\/[^/]+)?)?$/.test(path))
    .sort(),
  config: readFileSync(join(root, '.git/config'), 'utf8'),
  refs: sh(root, 'for-each-ref'), // git itself makes a file for packed ones
});

describe('cleaning', () => {
  it('leaves nothing of a worktree behind, nor of many rounds', async () => {
    const { root, first, second } = twoCommits();
    const before = traces(root);
    for (let round = 0; round < 5; round += 1) {
      for (const task of [1, 2]) await ensure(root, round % 2 ? first : second, { task });
      expect(await clean(root)).toEqual([gone, { ...gone, name: 'phase-6-task-2' }]);
    }
    expect(traces(root)).toEqual(before);
  });

  it('keeps what the pipeline wrote in the history', async () => {
    const root = repository();
    const { path } = await ensure(root);
    plant(path, { '.taskmaster/DEPLOYMENT_REPORT.md': 'report' });
    const [{ history } = gone] = await clean(root);
    expect(readFileSync(join(history ?? '', '.taskmaster/DEPLOYMENT_REPORT.md'), 'utf8')).toBe('report');
  });

  it('keeps uncommitted work, names it, and deletes it by force alone', async () => {
    const root = repository();
    const { path } = await ensure(root);
    plant(path, { 'app/main.js': 'mine', 'größe 1.js': 'new', '.taskmaster/DEPLOYMENT_REPORT.md': 'report' });
    const changes = ['app/main.js', 'größe 1.js'];
    const kept = ['it has uncommitted work, which --force deletes'];
    expect(await clean(root)).toEqual([{ ...gone, deleted: false, kept, changes }]);
    expect(await clean(root, { only: true, force: true })).toEqual([{ ...gone, changes }]);
    expect(readFileSync(join(path, 'app/main.js'), 'utf8')).toBe('mine');
    expect(await clean(root, { force: true })).toMatchObject([{ deleted: true, changes }]);
    expect(existsSync(path)).toBe(false);
  });

  it('keeps what a killed run left half made, where work could hide, and deletes it by force', async () => {
    const root = repository();
    const { path } = await ensure(root);
    rmSync(join(sh(path, 'rev-parse', '--absolute-git-dir'), 'index'));
    plant(path, { 'app/main.js': 'mine', 'logs/deployment-canary.log': 'x' });
    expect(await clean(root)).toMatchObject([
      { deleted: false, kept: ['a killed run left it half made: deploy again, or --force'] },
    ]);
    expect(readFileSync(join(path, 'app/main.js'), 'utf8')).toBe('mine');
    const [{ history } = gone] = await clean(root, { force: true });
    expect(readFileSync(join(history ?? '', 'logs/deployment-canary.log'), 'utf8')).toBe('x');
    expect(existsSync(path)).toBe(false);
  });

  it('never deletes a commit that is nowhere else, though the pipeline made it', async () => {
    const root = repository();
    const { path } = await ensure(root);
    const mine = commitAll(path, 'Mine');
    sh(root, 'config', `branch.${branch}.sluicebase`, mine);
    const [found] = await clean(root, { force: true });
    expect(found).toMatchObject({ deleted: true, branch: expect.stringMatching(/stays: .* Mine/) as string });
    expect(await clean(root, { force: true })).toEqual([]);
    expect(sh(root, 'rev-parse', branch)).toBe(mine);
  });

  const stays: [string, (root: string, path: string) => unknown, RegExp][] = [
    ['another branch', (_, path) => sh(path, 'checkout', '--quiet', '-b', 'mine'), /branch mine is checked out/],
    ['no branch', (_, path) => sh(path, 'checkout', '--quiet', '--detach'), /no branch is checked out/],
    ['a lock', (root, path) => sh(root, 'worktree', 'lock', path), /it is locked/],
    ['a broken link to git', (_, path) => plant(path, { '.git': 'gitdir: /nowhere' }), /git can not read it/],
  ];
  it.each(stays)('keeps a worktree with %s, by force too', async (_, prepare, reason) => {
    const root = repository();
    const { path } = await ensure(root);
    prepare(root, path);
    const [found] = await clean(root, { force: true });
    expect(found).toMatchObject({ deleted: false, kept: [expect.stringMatching(reason)] });
    expect(existsSync(join(path, 'app/main.js'))).toBe(true);
  });

  it('keeps the worktree that it is called in, and those that are not in the folder of deployments', async () => {
    const root = repository();
    const { path } = await ensure(root);
    const elsewhere = join(scratchFolder(), 'phase-6-task-2');
    sh(root, 'worktree', 'add', '--quiet', elsewhere, '-b', 'feature/phase-6-task-2');
    expect(await clean(root, { cwd: join(path, 'app') })).toMatchObject([{ deleted: false, kept: ['you are in it'] }]);
    expect([existsSync(path), existsSync(elsewhere)]).toEqual([true, true]);
  });

  it('keeps, by force too, a worktree in which a run is unfinished; and its note goes when that has ended', async () => {
    const root = repository();
    const { path } = await ensure(root);
    const processes = [{ pid: process.pid, identity: readProcess(process.pid)?.identity ?? '' }];
    const record = { project: 'app', checkout: root, worktree: path, wanted: name, commit: headOf(root), processes };
    await createRunRecords(root).write(record);
    plant(path, { 'app/main.js': 'mine' });
    expect(await clean(root, { force: true })).toMatchObject([
      { deleted: false, kept: [`the run of process ${process.pid} is unfinished`] },
    ]);
    await createRunRecords(root).write({ ...record, processes: [] });
    expect(await clean(root, { force: true })).toMatchObject([{ deleted: true }]);
    expect(await createRunRecords(root).all()).toEqual([]);
  });

  it('takes a worktree with submodules, and a folder of worktrees behind a link', async () => {
    const root = repository();
    sh(root, 'submodule', '--quiet', 'add', repository(), 'sub');
    commitAll(root);
    symlinkSync(scratchFolder(), join(root, 'worktrees'));
    const { path } = await ensure(root);
    sh(path, 'submodule', '--quiet', 'update', '--init');
    expect(await clean(root)).toEqual([gone]);
    expect([existsSync(path), existsSync(join(root, '.git/worktrees'))]).toEqual([false, false]);
  });
});

describe('cleaning that was killed', () => {
  const steps: [string, (root: string, path: string) => unknown][] = [
    [
      'after the files were out of the way',
      (_, path) => renameSync(path, join(path, '..', '.removed-phase-6-task-1-7')),
    ],
    [
      'while they were deleted',
      (root, path) => {
        renameSync(path, join(path, '..', '.removed-phase-6-task-1-7'));
        rmSync(join(path, '..', '.removed-phase-6-task-1-7', 'app'), { recursive: true });
        sh(root, 'worktree', 'prune');
      },
    ],
    ['before the branch was deleted', (root, path) => sh(root, 'worktree', 'remove', path)],
  ];

  it.each(steps)('%s is finished by the next', async (_, kill) => {
    const root = repository();
    const before = traces(root);
    const { path } = await ensure(root);
    kill(root, path);
    await clean(root);
    expect(traces(root)).toEqual(before);
  });

  it.each(steps)('%s does not stand in the way of the next deployment', async (_, kill) => {
    const root = repository();
    const { path } = await ensure(root);
    kill(root, path);
    expect(await ensure(root)).toMatchObject({ created: true });
    expect(wholeOf(worktreePath(root, key))).toEqual(whole(headOf(root)));
  });
});
