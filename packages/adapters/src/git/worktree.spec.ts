import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { worktreePath } from '../files/paths';
import { plant, removeScratch, scratchFolder } from '../files/testing/scratch-folder';
import {
  branch,
  branchOf,
  ensure,
  headOf,
  key,
  refusal,
  statusOf,
  whole,
  wholeOf,
} from './testing/deployment-worktree';
import { isDeploymentWorktree } from './worktree';
import { commitAll, repository, sh, twoCommits } from './testing/scratch-repository';

afterAll(removeScratch);
jest.setTimeout(60_000);

const containing = (text: string): unknown => expect.stringContaining(text);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const historyOf = (root: string) => join(root, '.sluice', 'history', 'phase-6-task-1');
const mainOf = (path: string) => readFileSync(join(path, 'app', 'main.js'), 'utf8');

describe('a new worktree', () => {
  it('holds the commit, on a branch of its own, and the main checkout stays as it was', async () => {
    const { root, first, second } = twoCommits();
    const made = await ensure(root, first);
    const path = worktreePath(root, key);
    expect(made).toEqual({ path, branch, created: true, moved: [], history: null });
    expect(wholeOf(path)).toEqual(whole(first));
    expect(mainOf(path)).toBe('one');
    expect([headOf(root), branchOf(root), statusOf(root)]).toEqual([second, 'main', '']);
  });

  it('takes any name of a commit, and any phase and task', async () => {
    const { root, first } = twoCommits();
    const made = await ensure(root, 'HEAD~1', { phase: 7, task: 12 });
    expect(made).toMatchObject({ path: join(root, 'worktrees', 'phase-7-task-12'), branch: 'feature/phase-7-task-12' });
    expect(headOf(made.path)).toBe(first);
  });

  it('is made of the commit, whatever lies around in the main checkout', async () => {
    const root = repository();
    plant(root, { 'app/main.js': 'changed', 'app/new.js': 'untracked' });
    const { path } = await ensure(root);
    expect(mainOf(path)).toBe('one');
    expect(existsSync(join(path, 'app', 'new.js'))).toBe(false);
  });

  it('is made where HEAD is detached, where the folder is empty already, and through a link', async () => {
    const root = repository();
    sh(root, 'checkout', '--quiet', '--detach');
    mkdirSync(worktreePath(root, key), { recursive: true });
    const link = join(scratchFolder(), 'link');
    symlinkSync(root, link);
    const { path, created } = await ensure(link);
    expect([path, created]).toEqual([worktreePath(root, key), true]);
    expect(wholeOf(path)).toEqual(whole(headOf(root)));
  });

  it('takes a branch that is there already and has nothing to lose', async () => {
    const { root, first, second } = twoCommits();
    sh(root, 'branch', branch, first);
    expect(wholeOf((await ensure(root, second)).path)).toEqual(whole(second));
  });

  it('is made beside others', async () => {
    const { root, first, second } = twoCommits();
    const [one, two] = [await ensure(root, first), await ensure(root, second, { task: 2 })];
    expect([headOf(one.path), headOf(two.path)]).toEqual([first, second]);
  });

  it('refuses a commit that does not exist', async () => {
    const root = repository();
    expect(await refusal(root, 'nowhere')).toMatchObject({ code: 'COMMIT_UNKNOWN' });
    expect(existsSync(join(root, 'worktrees'))).toBe(false);
  });
});

describe('a worktree that is there already', () => {
  it('is adopted as it is when it has the commit, with what the pipeline wrote', async () => {
    const root = repository();
    const { path } = await ensure(root);
    plant(path, { 'logs/deployment-canary.log': 'x', '.sluice/receipts/app/load.json': '{}' });
    expect(await ensure(root)).toEqual({ path, branch, created: false, moved: [], history: null });
    expect(existsSync(join(path, '.sluice', 'receipts', 'app', 'load.json'))).toBe(true);
  });

  it('is brought to another commit, forwards and back, and what the pipeline wrote moves to the history', async () => {
    const { root, first, second } = twoCommits();
    const { path } = await ensure(root, first);
    const written = {
      '.sluice/receipts/app/load.json': 'receipt',
      '.taskmaster/.signals/phase6-complete.json': 'signal',
      '.taskmaster/DEPLOYMENT_REPORT.md': 'report',
      '.taskmaster/deployments/app/report.md': 'report of app',
      'logs/deployment-canary.log': 'log',
    };
    plant(path, written);
    const moved = await ensure(root, second);
    expect(moved).toMatchObject({ path, branch, created: false, moved: Object.keys(written) });
    expect(wholeOf(path)).toEqual(whole(second));
    expect(mainOf(path)).toBe('two');
    for (const [file, content] of Object.entries(written)) {
      expect(existsSync(join(path, file))).toBe(false);
      expect(readFileSync(join(moved.history ?? '', file), 'utf8')).toBe(content);
    }
    expect(dirname(moved.history ?? '')).toBe(historyOf(root));
    expect(moved.history).toContain(first.slice(0, 12));
    expect(await ensure(root, first)).toMatchObject({ moved: [], history: null });
    expect(wholeOf(path)).toEqual(whole(first));
  });

  it('never overwrites the history of an earlier run', async () => {
    const { root, first, second } = twoCommits();
    const { path } = await ensure(root, first);
    const kept: string[] = [];
    for (const [n, commit] of [second, first, second, first].entries()) {
      plant(path, { '.taskmaster/DEPLOYMENT_REPORT.md': `run ${n}` });
      const { history } = await ensure(root, commit);
      kept.push(readFileSync(join(history ?? '', '.taskmaster', 'DEPLOYMENT_REPORT.md'), 'utf8'));
    }
    expect(kept).toEqual(['run 0', 'run 1', 'run 2', 'run 3']);
    expect(readdirSync(historyOf(root))).toHaveLength(4);
  });

  it('keeps the newest 20 of its history', async () => {
    const { root, first, second } = twoCommits();
    const { path } = await ensure(root, first);
    const old = Array.from({ length: 20 }, (_, n) => `20200101T0000${String(n).padStart(2, '0')}Z-${first}`);
    for (const name of old) plant(historyOf(root), { [`${name}/logs/deployment-canary.log`]: name });
    plant(path, { 'logs/deployment-canary.log': 'new' });
    const { history } = await ensure(root, second);
    expect(readdirSync(historyOf(root)).sort()).toEqual([...old.slice(1), basename(history ?? '')]);
  });

  it("moves the pipeline's files though git ignores them, and leaves those of the commit", async () => {
    const report = '.taskmaster/DEPLOYMENT_REPORT.md';
    const root = repository({ '.gitignore': 'logs/\n', [report]: 'committed', 'app/main.js': 'one' });
    const first = headOf(root);
    const second = commitAll(root);
    const { path } = await ensure(root, first);
    plant(path, { 'logs/deployment-canary.log': 'x' });
    expect(await ensure(root, second)).toMatchObject({ moved: ['logs/deployment-canary.log'] });
    plant(path, { [report]: 'of this run' });
    expect(await ensure(root, first)).toMatchObject({ moved: [report] });
    expect(readFileSync(join(path, report), 'utf8')).toBe('committed');
    expect(wholeOf(path)).toEqual(whole(first));
  });

  it('leaves the files alone that a link in the worktree leads to', async () => {
    const root = repository();
    const outside = plant(scratchFolder(), { 'deployment-canary.log': 'x' });
    symlinkSync(outside, join(root, 'logs'));
    const first = commitAll(root);
    const second = commitAll(root);
    await ensure(root, first);
    expect(await ensure(root, second)).toMatchObject({ moved: [] });
    expect(readdirSync(outside)).toEqual(['deployment-canary.log']);
  });

  it('keeps ignored files, such as installed dependencies', async () => {
    const root = repository({ '.gitignore': 'node_modules/\n' });
    const first = headOf(root);
    const { path } = await ensure(root, first);
    plant(path, { 'node_modules/x/index.js': 'x' });
    await ensure(root, commitAll(root));
    expect(existsSync(join(path, 'node_modules', 'x', 'index.js'))).toBe(true);
  });

  it.each<[string, (path: string) => void, string]>([
    ['a changed file', (path) => plant(path, { 'app/main.js': 'mine' }), 'app/main.js'],
    ['an untracked file', (path) => plant(path, { 'app/größe 1.js': 'mine' }), 'app/größe 1.js'],
    ['a deleted file', (path) => rmSync(join(path, 'lib/a.js')), 'lib/a.js'],
    ['a staged file', (path) => (plant(path, { x: 'mine' }), sh(path, 'add', 'x')), 'x'],
  ])('is refused for the same commit and another when it has %s', async (_, change, file) => {
    const { root, first, second } = twoCommits();
    const { path } = await ensure(root, first);
    change(path);
    const before = statusOf(path);
    plant(path, { '.taskmaster/DEPLOYMENT_REPORT.md': 'report' });
    for (const commit of [first, second]) {
      const error = await refusal(root, commit);
      expect(error).toMatchObject({ code: 'TREE_DIRTY', message: containing(path) });
      expect(error.message).toContain(file);
      expect(error.message).not.toContain('DEPLOYMENT_REPORT');
    }
    expect(headOf(path)).toBe(first);
    expect(statusOf(path)).toContain(before);
    expect(existsSync(join(path, '.taskmaster', 'DEPLOYMENT_REPORT.md'))).toBe(true);
  });

  it('is refused when its branch has commits of its own, and names them', async () => {
    const { root, first, second } = twoCommits();
    const { path } = await ensure(root, first);
    plant(path, { 'app/main.js': 'mine' });
    const mine = commitAll(path, 'My own work');
    const error = await refusal(root, second);
    expect(error).toMatchObject({ code: 'WORKTREE_OCCUPIED', message: containing('a commit of its own') });
    expect(error.message).toContain(`${mine.slice(0, 7)} My own work`);
    expect(error.remedy).toContain(`Or drop it: git worktree remove ${path} && git branch -D ${branch}`);
    expect(await isDeploymentWorktree(root, path)).toBe(true);
    expect(wholeOf(path)).toEqual(whole(mine));
    sh(root, 'branch', 'kept', mine);
    expect(wholeOf((await ensure(root, second)).path)).toEqual(whole(second));
  });

  it('is adopted after the commit that it was made for was amended away', async () => {
    const root = repository();
    const { path } = await ensure(root);
    sh(root, 'commit', '--quiet', '--amend', '--message', 'Amended');
    await ensure(root);
    expect(wholeOf(path)).toEqual(whole(headOf(root)));
    rmSync(path, { recursive: true });
    sh(root, 'commit', '--quiet', '--amend', '--message', 'Amended again');
    await ensure(root);
    expect(wholeOf(path)).toEqual(whole(headOf(root)));
  });

  it('is refused when another branch, or none, is checked out in it', async () => {
    const root = repository();
    const { path } = await ensure(root);
    sh(path, 'checkout', '--quiet', '-b', 'mine');
    expect(await refusal(root)).toMatchObject({
      code: 'WORKTREE_OCCUPIED',
      message: matching(/branch mine is checked out/),
      remedy: `Remove it, which keeps its branch: git worktree remove ${path}`,
    });
    expect(await isDeploymentWorktree(root, path)).toBe(false);
    sh(path, 'checkout', '--quiet', '--detach');
    expect(await refusal(root)).toMatchObject({
      code: 'WORKTREE_OCCUPIED',
      message: matching(/no branch is checked out/),
      remedy: containing(`Then remove it: git worktree remove ${path}`),
    });
  });
});

describe('a run inside a worktree', () => {
  it('uses a phase-N-task-M worktree as it is, wherever and on whatever branch', async () => {
    const { root, first } = twoCommits();
    const from = join(scratchFolder(), 'phase-6-task-3');
    sh(root, 'worktree', 'add', '--quiet', from, '-b', 'mine', first);
    plant(from, { 'logs/deployment-canary.log': 'kept' });
    const used = { path: from, created: false, moved: [], history: null };
    expect(await ensure(root, first, { from })).toEqual({ ...used, branch: 'mine' });
    sh(from, 'checkout', '--quiet', '--detach');
    expect(await ensure(root, first, { from })).toEqual({ ...used, branch: null });
    expect(existsSync(join(root, 'worktrees'))).toBe(false);
  });

  it('refuses it when it is dirty or stands at another commit', async () => {
    const { root, first, second } = twoCommits();
    const from = join(scratchFolder(), 'phase-6-task-3');
    sh(root, 'worktree', 'add', '--quiet', from, '-b', 'mine', first);
    expect(await refusal(root, second, { from })).toMatchObject({ code: 'WORKTREE_OCCUPIED' });
    plant(from, { 'app/main.js': 'mine' });
    expect(await refusal(root, first, { from })).toMatchObject({ code: 'TREE_DIRTY' });
  });

  it("makes the deployment's own from any other checkout, be it named like one", async () => {
    const root = repository();
    const other = join(scratchFolder(), 'feature');
    sh(root, 'worktree', 'add', '--quiet', other, '-b', 'mine');
    for (const from of [root, other]) {
      expect(await ensure(root, 'HEAD', { from })).toMatchObject({ path: worktreePath(root, key), branch });
    }
    const named = join(scratchFolder(), 'phase-6-task-9');
    renameSync(repository(), named);
    expect(await ensure(named, 'HEAD', { from: named })).toMatchObject({ path: worktreePath(named, key), branch });
  });
});
