import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plant, removeScratch, scratchFolder } from '../../files/testing/scratch-folder';
import { asAda, asBefore } from '../testing/author';
import { branchesOf, deployed, merge, release, report, signal, subjectsOf, textOf } from '../testing/deployment';
import { branch, ensure, headOf, statusOf } from '../testing/deployment-worktree';
import { commitAll, repository, sh } from '../testing/scratch-repository';
import { findBase } from './base-branch';

beforeEach(asAda);
afterEach(asBefore);
afterAll(removeScratch);
jest.setTimeout(120_000);

const containing = (text: string): unknown => expect.stringContaining(text);
const waiting = `sluice/merge-app-${release}`;

describe('a base that is checked out', () => {
  it.each<[string, (root: string) => unknown, string]>([
    ['a changed file', (root) => plant(root, { 'app/main.js': 'mine' }), 'app/main.js'],
    ['an untracked file', (root) => plant(root, { 'größe 1.js': 'mine' }), 'größe 1.js'],
    ['a deleted file', (root) => rmSync(join(root, 'lib/a.js')), 'lib/a.js'],
    ['a staged file', (root) => (plant(root, { x: 'mine' }), sh(root, 'add', 'x')), 'x'],
    ["a staged file of the pipeline's", (root) => sh(root, 'add', signal), signal],
  ])('with %s stays as it is, and the merge waits on a branch', async (_, change, file) => {
    const root = repository();
    const request = await deployed(root);
    change(root);
    const before = { head: headOf(root), status: statusOf(root) };
    expect(await merge(request)).toMatchObject({
      ...{ result: 'waiting', reason: containing(`main is checked out in ${root} with changes: ${file}`) },
      ...{ branch: waiting, command: 'npx sluice worktree merge app', commit: null },
    });
    expect({ head: headOf(root), status: statusOf(root) }).toEqual(before);
    expect(sh(root, 'merge-base', waiting, 'main')).toBe(before.head);
    expect(subjectsOf(root, `main..${waiting}`)).toEqual([containing('Merge the deployment of app')]);
  });

  it('is brought forward beside what the pipeline around hands over by, which stays as it is', async () => {
    const root = repository();
    const handover = { '.taskmaster/tasks/tasks.json': 'todo', '.taskmaster/.signals/phase5-complete.json': 'go' };
    plant(root, { '.taskmaster/tasks/tasks.json': 'pending' });
    commitAll(root, 'A task');
    const request = await deployed(root);
    plant(root, handover);
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    for (const [path, text] of Object.entries(handover)) expect(textOf(root, path)).toBe(text);
  });

  it('is brought forward once it is clean, to the merge that waits, which is not built again', async () => {
    const root = repository();
    const request = await deployed(root, { commit: null, validate: async () => ({ ok: true, reason: 'it builds' }) });
    plant(root, { draft: 'mine' });
    await merge(request);
    const made = sh(root, 'rev-parse', waiting);
    rmSync(join(root, 'draft'));
    const validate = () => Promise.reject(new Error('it was built again'));
    expect(await merge({ ...request, validate })).toMatchObject({ result: 'merged', commit: made });
    expect(headOf(root)).toBe(made);
    expect(branchesOf(root)).toEqual([branch, 'main']);
  });

  it('is merged into anew where it moved while the merge waited, once', async () => {
    const root = repository();
    const request = await deployed(root, { validate: async () => ({ ok: true, reason: 'it builds' }) });
    plant(root, { draft: 'mine' });
    await merge(request);
    const later = commitAll(root, 'The draft');
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    expect(sh(root, 'log', '-1', '--format=%P', 'main')).toBe(`${later} ${headOf(request.worktree)}`);
    expect(subjectsOf(root, 'main')).toEqual([containing('Merge'), 'The draft', 'First']);
  });

  it('has the merge that waits as soon as somebody takes it by hand', async () => {
    const root = repository();
    const request = await deployed(root);
    plant(root, { draft: 'mine' });
    await merge(request);
    rmSync(join(root, signal));
    sh(root, 'merge', '--quiet', '--ff-only', waiting);
    expect(await merge(request)).toMatchObject({ result: 'merged', commit: headOf(root) });
    expect(textOf(root, 'draft')).toBe('mine');
    expect(branchesOf(root)).toEqual([branch, 'main']);
  });

  it("keeps what the pipeline itself has there, where that is another deployment's by now", async () => {
    const root = repository();
    await merge(await deployed(root));
    const request = await deployed(root, { release: 'ffffffffffff', id: 'app/production/8' });
    plant(root, { [signal]: 'of another project' });
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    expect(textOf(root, signal)).toBe('of another project');
    expect(sh(root, 'show', `main:${signal}`)).toContain('ffffffffffff');
  });

  it('keeps a signal away that was taken away, since the next deployment has begun', async () => {
    const root = repository();
    await merge(await deployed(root));
    const request = await deployed(root, { release: 'ffffffffffff', id: 'app/production/8' });
    rmSync(join(root, signal));
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    expect(existsSync(join(root, signal))).toBe(false);
  });

  it('has its files put back that a killed call had moved aside', async () => {
    const root = repository();
    const request = await deployed(root);
    const aside = join(root, '.git', 'sluice-aside');
    const journal = { from: headOf(root), to: headOf(root), items: [{ path: signal, was: 'there' }] };
    plant(aside, { 'journal.json': JSON.stringify(journal), [`files/${signal}`]: textOf(root, signal) });
    rmSync(join(root, signal));
    plant(root, { draft: 'mine' });
    expect(await merge(request)).toMatchObject({ result: 'waiting' });
    expect(textOf(root, signal)).toContain(release);
    expect(existsSync(aside)).toBe(false);
  });

  it('is brought back where a killed call had brought its files forward and not the branch', async () => {
    const root = repository();
    const request = await deployed(root);
    plant(root, { draft: 'mine' });
    await merge(request);
    rmSync(join(root, 'draft'));
    const journal = { from: headOf(root), to: sh(root, 'rev-parse', waiting), items: [{ path: signal, was: 'there' }] };
    const aside = join(root, '.git', 'sluice-aside');
    plant(aside, { 'journal.json': JSON.stringify(journal), [`files/${signal}`]: textOf(root, signal) });
    rmSync(join(root, signal));
    sh(root, 'read-tree', '-m', '-u', 'main', waiting);
    expect(await merge(request)).toMatchObject({ result: 'merged', commit: journal.to });
    expect(statusOf(root)).toBe('');
  });

  it.each<[string, (root: string) => unknown, string]>([
    ['a merge', (root) => writeFileSync(join(root, '.git/MERGE_HEAD'), headOf(root)), 'a merge is under way'],
    [
      'a rebase',
      (root) => plant(root, { '.git/rebase-merge/head-name': 'refs/heads/main\n' }),
      'a rebase of main is under way',
    ],
    [
      'a bisection',
      (root) => writeFileSync(join(root, '.git/BISECT_START'), 'main\n'),
      'a bisection of main is under way',
    ],
  ])('in the middle of %s is left alone', async (_, begin, reason) => {
    const root = repository();
    const request = await deployed(root);
    begin(root);
    expect(await merge(request)).toMatchObject({ result: 'waiting', reason: containing(reason), branch: waiting });
    expect(subjectsOf(root, 'main')).toEqual(['First']);
  });

  it('in another worktree is brought forward there', async () => {
    const root = repository();
    const request = await deployed(root);
    sh(root, 'checkout', '--quiet', '-b', 'other');
    const elsewhere = join(scratchFolder('with space ä'), 'main');
    sh(root, 'worktree', 'add', '--quiet', elsewhere, 'main');
    expect(await merge(request)).toMatchObject({ result: 'merged', commit: headOf(elsewhere) });
    expect(textOf(elsewhere, report)).toBe(`# ${release}\n`);
    expect(statusOf(elsewhere)).toBe('');
    expect(subjectsOf(root, 'other')).toEqual(['First']);
    expect(existsSync(join(root, signal))).toBe(true);
  });

  it('in a worktree whose folder is gone is checked out nowhere, unless that is locked', async () => {
    const root = repository();
    const request = await deployed(root);
    sh(root, 'checkout', '--quiet', '--detach');
    const elsewhere = join(scratchFolder(), 'main');
    sh(root, 'worktree', 'add', '--quiet', '--lock', elsewhere, 'main');
    rmSync(elsewhere, { recursive: true });
    expect(await merge(request)).toMatchObject({ result: 'waiting', reason: containing("can't be read") });
    sh(root, 'worktree', 'unlock', elsewhere);
    expect(await merge(request)).toMatchObject({ result: 'merged' });
  });
});

describe('a base that is checked out nowhere', () => {
  it.each<[string, string[]]>([
    ['another branch is', ['-b', 'other']],
    ['a detached HEAD is', ['--detach']],
  ])('moves by itself where %s, whatever is changed there', async (_, args) => {
    const root = repository();
    const request = await deployed(root);
    sh(root, 'checkout', '--quiet', ...args);
    plant(root, { 'app/main.js': 'mine' });
    const before = { head: headOf(root), status: statusOf(root) };
    expect(await merge(request)).toMatchObject({ result: 'merged', commit: sh(root, 'rev-parse', 'main') });
    expect({ head: headOf(root), status: statusOf(root) }).toEqual(before);
    expect(subjectsOf(root, 'main')).toEqual([containing('Merge'), 'First']);
  });
});

describe('the base branch', () => {
  it('is the one that the deployment was started from, also from a path with spaces and in its own worktree', async () => {
    const root = repository();
    sh(root, 'checkout', '--quiet', '-b', 'größe/1');
    expect(await findBase(root)).toBe('größe/1');
    const { path } = await ensure(root);
    expect(await findBase(path)).toBe('größe/1');
    const feature = join(scratchFolder('with space ä'), 'feature');
    sh(root, 'worktree', 'add', '--quiet', feature, '-b', 'mine');
    expect(await findBase(feature)).toBe('mine');
  });

  it('is, for a detached HEAD, the one branch that has the commit, a usual one of several, or not known', async () => {
    const root = repository();
    sh(root, 'branch', '-m', 'release-1');
    sh(root, 'checkout', '--quiet', '--detach');
    await ensure(root);
    expect(await findBase(root)).toBe('release-1');
    sh(root, 'branch', 'release-2');
    expect(await findBase(root)).toBeNull();
    sh(root, 'branch', 'main');
    expect(await findBase(root)).toBe('main');
    sh(root, 'commit', '--quiet', '--allow-empty', '-m', 'On nothing');
    expect(await findBase(root)).toBeNull();
  });
});
