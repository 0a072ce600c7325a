import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plant, removeScratch, scratchFolder } from '../../files/testing/scratch-folder';
import { asAda, asBefore, asNobody } from '../testing/author';
import {
  branchesOf,
  deployed,
  merge,
  release,
  report,
  signal,
  subjectsOf,
  textOf,
  writeFiles,
} from '../testing/deployment';
import { branch, headOf, statusOf } from '../testing/deployment-worktree';
import { commitAll, repository, sh } from '../testing/scratch-repository';

beforeEach(asAda);
afterEach(asBefore);
afterAll(removeScratch);
jest.setTimeout(120_000);

const containing = (text: string): unknown => expect.stringContaining(text);
const waiting = `sluice/merge-app-${release}`;
const filesIn = (root: string, commit: string) =>
  sh(root, 'ls-tree', '-r', '--name-only', commit, '.taskmaster').split('\n');

describe('a merge without', () => {
  it('an identity of git is made by Sluice, which is said', async () => {
    asNobody();
    const root = repository();
    expect(await merge(await deployed(root))).toMatchObject({
      result: 'merged',
      reason: containing('git has no identity here, so it was committed as Sluice <sluice@localhost>'),
    });
    expect(sh(root, 'log', '-1', '--format=%an <%ae> %cn', 'main')).toBe('Sluice <sluice@localhost> Sluice');
  });

  it('a file that git does not ignore makes no commit, and says what it left out', async () => {
    const root = repository({ '.gitignore': '.taskmaster/\nlogs/\n' });
    const head = headOf(root);
    const outcome = await merge(await deployed(root));
    expect(outcome).toMatchObject({
      ...{ result: 'nothing', commit: null, branch: null, command: null },
      reason: containing('nothing to merge (ignored by git and left out: .taskmaster/DEPLOYMENT_REPORT.md'),
    });
    expect(headOf(root)).toBe(head);
    expect(branchesOf(root)).toEqual([branch, 'main']);
  });

  it('a signal that git takes has its report alone', async () => {
    const root = repository({ '.gitignore': '.signals/\nphase6-complete.json\n' });
    const outcome = await merge(await deployed(root));
    expect(outcome).toMatchObject({
      result: 'merged',
      reason: containing('ignored by git and left out: .taskmaster/.signals'),
    });
    expect(filesIn(root, 'main')).toEqual([report, '.taskmaster/deployments/app/DEPLOYMENT_REPORT.md']);
    expect(existsSync(join(root, signal))).toBe(true);
  });

  it('its worktree waits', async () => {
    const root = repository();
    const request = await deployed(root);
    sh(root, 'worktree', 'remove', '--force', request.worktree);
    expect(await merge(request)).toMatchObject({ result: 'waiting', reason: containing('is gone'), branch: null });
    expect(subjectsOf(root, 'main')).toEqual(['First']);
  });

  it('its worktree, that went when the commit was made, is made all the same', async () => {
    const root = repository();
    const request = await deployed(root);
    plant(root, { 'lib/a.js': 'mine' });
    expect(await merge(request)).toMatchObject({ result: 'waiting' });
    sh(root, 'worktree', 'remove', '--force', request.worktree);
    sh(root, 'branch', '--quiet', '-D', branch);
    sh(root, 'checkout', '--quiet', '--', 'lib/a.js');
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    expect(textOf(root, report)).toBe(`# ${release}\n`);
  });

  it('its signal waits: the worktree is of another deployment by now', async () => {
    const root = repository();
    const request = await deployed(root);
    writeFiles(root, request.worktree, 'app', 'ffffffffffff');
    expect(await merge(request)).toMatchObject({ result: 'waiting', reason: containing(`no signal of ${release}`) });
    expect(subjectsOf(root, 'main')).toEqual(['First']);
  });

  it('a commit that was deployed waits, where somebody has committed in its worktree', async () => {
    const root = repository();
    const request = await deployed(root);
    plant(request.worktree, { 'lib/a.js': 'mine' });
    sh(request.worktree, 'commit', '--quiet', '-m', 'My own work', '--', 'lib/a.js');
    expect(await merge(request)).toMatchObject({ result: 'waiting', reason: containing('My own work') });
    expect(subjectsOf(root, 'main')).toEqual(['First']);
  });

  it('a base that is known waits on a branch that any may merge', async () => {
    const root = repository();
    const request = await deployed(root, { base: null });
    expect(await merge(request)).toMatchObject({
      ...{ result: 'waiting', reason: containing('a detached HEAD'), branch: waiting },
      command: `git merge --no-ff ${waiting}`,
    });
    rmSync(join(root, signal));
    sh(root, 'merge', '--quiet', '--no-ff', '--no-edit', waiting);
    expect(textOf(root, report)).toBe(`# ${release}\n`);
  });

  it('a base that there is no more waits', async () => {
    const root = repository();
    expect(await merge(await deployed(root, { base: 'gone' }))).toMatchObject({
      ...{ result: 'waiting', reason: containing('no branch gone any more'), branch: waiting },
    });
  });
});

describe('a merge in a repository with', () => {
  it('a submodule keeps that as it is', async () => {
    const root = repository();
    sh(root, 'submodule', '--quiet', 'add', repository(), 'sub');
    commitAll(root);
    plant(root, { 'lib/b.js': 'b' });
    expect(
      await merge(await deployed(root, { commit: null, validate: async () => ({ ok: true, reason: 'it builds' }) })),
    ).toMatchObject({ result: 'waiting' });
    rmSync(join(root, 'lib/b.js'));
    const request = await deployed(root);
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    expect(statusOf(root)).toBe('');
    expect(sh(root, 'ls-tree', 'main', 'sub')).toMatch(/^160000 commit/);
    expect(readdirSync(join(root, 'worktrees'))).toEqual(['phase-6-task-1']);
  });

  it('what a killed call has left of its worktree is made all the same', async () => {
    const root = repository();
    const request = await deployed(root);
    plant(root, { 'worktrees/merge-app/left.js': 'x' });
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    sh(root, 'worktree', 'add', '--quiet', '--detach', join(root, 'worktrees', 'merge-app'));
    writeFileSync(join(root, 'worktrees', 'merge-app', '.git'), 'gitdir: /nowhere');
    const next = await deployed(root, { release: 'ffffffffffff', id: 'app/production/8' });
    expect(await merge(next)).toMatchObject({ result: 'merged' });
    expect(readdirSync(join(root, 'worktrees'))).toEqual(['phase-6-task-1']);
  });

  it('worktrees elsewhere forgets none of them, be their folder away', async () => {
    const root = repository();
    const away = join(scratchFolder(), 'away');
    sh(root, 'worktree', 'add', '--quiet', '--detach', away);
    rmSync(away, { recursive: true });
    await merge(await deployed(root));
    expect(sh(root, 'worktree', 'list')).toContain(away);
  });
});
