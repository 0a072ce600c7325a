import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plant, removeScratch } from '../../files/testing/scratch-folder';
import { asAda, asBefore } from '../testing/author';
import {
  branchesOf,
  deployed,
  merge,
  parentsOf,
  release,
  report,
  signal,
  subjectsOf,
  textOf,
  writeFiles,
} from '../testing/deployment';
import { branch, ensure, headOf, statusOf } from '../testing/deployment-worktree';
import { commitAll, repository, sh } from '../testing/scratch-repository';

beforeEach(asAda);
afterEach(asBefore);
afterAll(removeScratch);
jest.setTimeout(120_000);

const containing = (text: string): unknown => expect.stringContaining(text);
const waiting = `sluice/merge-app-${release}`;
const files = [
  report,
  signal,
  '.taskmaster/deployments/app/DEPLOYMENT_REPORT.md',
  '.taskmaster/deployments/app/phase6-complete.json',
];
const filesIn = (root: string, commit: string) =>
  sh(root, 'ls-tree', '-r', '--name-only', commit, '.taskmaster').split('\n');

describe('the merge of a deployment', () => {
  it('is a true merge commit of the base and the deployment, and the checkout of the base is clean', async () => {
    const root = repository();
    const before = headOf(root);
    const request = await deployed(root);
    const outcome = await merge(request);
    const head = headOf(root);
    expect(outcome).toEqual({
      ...{ result: 'merged', reason: `merged into main as ${head.slice(0, 12)}`, base: 'main', commit: head },
      ...{ branch: null, command: null, pushed: null },
    });
    expect(parentsOf(root, head)).toEqual([before, headOf(request.worktree)]);
    expect(filesIn(root, head)).toEqual([...files].sort());
    expect(statusOf(root)).toBe('');
    expect(textOf(root, report)).toBe(`# ${release}\n`);
    expect(branchesOf(root)).toEqual([branch, 'main']);
    expect(readdirSync(join(root, 'worktrees'))).toEqual(['phase-6-task-1']);
  });

  it('says in git log what was deployed, where and by whom', async () => {
    const root = repository();
    await merge(await deployed(root));
    expect(subjectsOf(root, 'main')).toEqual([
      `Merge the deployment of app ${release} to production into main`,
      'First',
    ]);
    expect(sh(root, 'log', '-1', '--format=%an %B', 'main^2')).toContain(
      `Ada Löve chore(deploy): app ${release} to production`,
    );
    expect(sh(root, 'log', '-1', '--format=%B', 'main')).toContain('Deployed by dana.');
  });

  it('is made once, however often it is asked for', async () => {
    const root = repository();
    const request = await deployed(root);
    const first = await merge(request);
    expect(await merge(request)).toEqual(first);
    expect(subjectsOf(root, 'main')).toHaveLength(2);
    const more = commitAll(root);
    expect(await merge(request)).toEqual(first);
    expect(headOf(root)).toBe(more);
  });

  it('leaves a worktree that the next deployment adopts', async () => {
    const root = repository();
    const { worktree } = await deployed(root);
    await merge(await deployed(root));
    const next = await ensure(root);
    expect(next).toMatchObject({ path: worktree, created: false });
    expect(headOf(worktree)).toBe(headOf(root));
    expect(statusOf(worktree)).toBe('');
  });

  it('follows another, with its own report in place of the first one', async () => {
    const root = repository();
    await merge(await deployed(root));
    plant(root, { 'app/main.js': 'two' });
    commitAll(root, 'Second');
    const request = await deployed(root, { release: 'ffffffffffff', id: 'app/production/8' });
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    expect(textOf(root, report)).toBe('# ffffffffffff\n');
    expect(statusOf(root)).toBe('');
  });

  it('of an older commit than the base has its report in place of the newer one, and mixes nothing', async () => {
    const root = repository();
    const old = headOf(root);
    plant(root, { 'app/main.js': 'two' });
    commitAll(root, 'Second');
    await merge(await deployed(root));
    const { path } = await ensure(root, old);
    writeFiles(root, path, 'app', 'ffffffffffff');
    const validate = async () => ({ ok: true, reason: 'it builds' });
    const more = { worktree: path, release: 'ffffffffffff', id: 'app/production/8', commit: old, validate };
    const request = { ...(await deployed(repository(), more)), root };
    expect(await merge(request)).toMatchObject({ result: 'merged', reason: containing('(it builds)') });
    expect(textOf(root, report)).toBe('# ffffffffffff\n');
    expect(textOf(root, 'app/main.js')).toBe('two');
    expect(statusOf(root)).toBe('');
  });

  it('takes version files that the run changed, and says which are missing', async () => {
    const root = repository({ VERSION: '1' });
    const request = await deployed(root, { files: ['VERSION', 'nowhere'] });
    plant(request.worktree, { VERSION: '2' });
    const validate = async () => ({ ok: true, reason: 'it builds' });
    expect(await merge({ ...request, validate })).toMatchObject({
      result: 'merged',
      reason: containing('not in the worktree and left out: nowhere; it builds'),
    });
    expect(textOf(root, 'VERSION')).toBe('2');
    expect(statusOf(root)).toBe('');
  });

  it('of two projects at once, from one worktree, has both reports in the base', async () => {
    const root = repository();
    const request = await deployed(root);
    writeFiles(root, request.worktree, '@acme+web', 'ffffffffffff');
    const web = { ...request, project: '@acme/web', release: 'ffffffffffff', id: '@acme/web/production/3' };
    const outcomes = await Promise.all([merge(request), merge(web)]);
    const left = outcomes.filter(({ result }) => result === 'waiting');
    for (const _ of left) await Promise.all([merge(request), merge(web)]);
    expect(sh(root, 'ls-files', '.taskmaster/deployments')).toContain('@acme+web');
    expect(sh(root, 'ls-files', '.taskmaster/deployments')).toContain('deployments/app/');
    expect(branchesOf(root)).toEqual([branch, 'main']);
    expect(left).toEqual([]);
  });
});

describe('a merge into a base that was changed', () => {
  const moved = (root: string, change: Record<string, string>) => {
    plant(root, change);
    return commitAll(root, 'Meanwhile');
  };

  it('meanwhile is built before the base moves, in a worktree that has the merged tree', async () => {
    const root = repository();
    const request = await deployed(root);
    moved(root, { 'lib/b.js': 'b' });
    const seen: string[] = [];
    const validate = async (folder: string) => {
      seen.push(textOf(folder, 'lib/b.js'), textOf(folder, report), subjectsOf(root, 'main')[0] ?? '');
      return { ok: true, reason: 'it builds' };
    };
    const outcome = await merge({ ...request, validate });
    expect(outcome).toMatchObject({ result: 'merged', reason: containing('(it builds)') });
    expect(seen).toEqual(['b', `# ${release}\n`, 'Meanwhile']);
    expect(statusOf(root)).toBe('');
  });

  it('and does not build any more waits, and no branch but its own has moved', async () => {
    const root = repository();
    const request = await deployed(root);
    const head = moved(root, { 'lib/b.js': 'b' });
    const validate = async () => ({ ok: false, reason: 'lib/b.js is broken' });
    expect(await merge({ ...request, validate })).toMatchObject({
      ...{ result: 'waiting', reason: containing('the merged tree does not build: lib/b.js is broken') },
      ...{ branch: waiting, command: 'npx sluice worktree merge app', commit: null },
    });
    expect(headOf(root)).toBe(head);
    expect(sh(root, 'rev-parse', waiting)).toBe(headOf(request.worktree));
    expect(readdirSync(join(root, 'worktrees'))).toEqual(['phase-6-task-1']);
  });

  it('while it was being built is built anew', async () => {
    const root = repository();
    const request = await deployed(root);
    moved(root, { 'lib/b.js': 'b' });
    let built = 0;
    const validate = async () => {
      if (++built === 1) moved(root, { 'lib/c.js': 'c' });
      return { ok: true, reason: 'it builds' };
    };
    expect(await merge({ ...request, validate })).toMatchObject({ result: 'merged' });
    expect(built).toBe(2);
    expect(subjectsOf(root, 'main')).toHaveLength(4);
    expect(branchesOf(root)).toEqual([branch, 'main']);
  });

  it('again and again waits in the end', async () => {
    const root = repository();
    const request = await deployed(root);
    moved(root, { 'lib/b.js': 'b' });
    let built = 0;
    const validate = async () => {
      moved(root, { 'lib/c.js': String(++built) });
      return { ok: true, reason: 'it builds' };
    };
    expect(await merge({ ...request, validate })).toMatchObject({
      result: 'waiting',
      reason: containing('main moved 5 times'),
    });
    expect(built).toBe(5);
  });

  it('in the same file leaves both sides whole, names the file, and goes on once that is resolved', async () => {
    const root = repository({ 'größe 1.js': 'one', VERSION: '1' });
    const request = await deployed(root, { files: ['größe 1.js'] });
    plant(request.worktree, { 'größe 1.js': 'deployed' });
    const head = moved(root, { 'größe 1.js': 'theirs' });
    const validate = async () => ({ ok: true, reason: 'it builds' });
    const outcome = await merge({ ...request, validate });
    expect(outcome).toMatchObject({
      ...{ result: 'waiting', reason: containing('both changed größe 1.js; neither was touched') },
      ...{ branch: waiting, command: `git -C '${request.worktree}' merge main` },
    });
    expect(headOf(root)).toBe(head);
    expect(textOf(root, 'größe 1.js')).toBe('theirs');
    expect(sh(root, 'show', `${waiting}:größe 1.js`)).toBe('deployed');

    expect(() => sh(request.worktree, 'merge', 'main')).toThrow();
    plant(request.worktree, { 'größe 1.js': 'both' });
    sh(request.worktree, 'add', '--', 'größe 1.js');
    sh(request.worktree, 'commit', '--quiet', '--no-edit');
    expect(await merge({ ...request, validate })).toMatchObject({ result: 'merged' });
    expect(textOf(root, 'größe 1.js')).toBe('both');
    expect(branchesOf(root)).toEqual([branch, 'main']);
  });
});
