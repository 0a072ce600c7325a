import { join } from 'node:path';
import { plant, removeScratch } from '../../files/testing/scratch-folder';
import { asAda, asBefore } from '../testing/author';
import { branchesOf, deployed, merge, release } from '../testing/deployment';
import { branch } from '../testing/deployment-worktree';
import { commitAll, repository, sh } from '../testing/scratch-repository';

beforeEach(asAda);
afterEach(asBefore);
afterAll(removeScratch);
jest.setTimeout(120_000);

const containing = (text: string): unknown => expect.stringContaining(text);
const waiting = `sluice/merge-app-${release}`;
const newer = { release: 'ffffffffffff', id: 'app/production/8' };
const proven = { validate: async () => ({ ok: true, reason: 'it builds' }) };

/** A repository in which the merge of a release waits, for the checkout of `main` has a draft; `main` goes on then. */
async function withWaiting(over: Parameters<typeof deployed>[1] = {}): Promise<string> {
  const root = repository();
  const request = await deployed(root, over);
  for (const file of request.files) plant(request.worktree, { [file]: 'changed' });
  plant(root, { draft: 'mine' });
  expect(await merge(request)).toMatchObject({ result: 'waiting', branch: containing('sluice/merge-') });
  commitAll(root, 'The draft');
  return root;
}

describe('the branch on which an older merge waits', () => {
  it('is deleted, which is said, when a newer one is merged', async () => {
    const root = await withWaiting();
    const at = sh(root, 'rev-parse', waiting);
    expect(await merge(await deployed(root, { ...newer, ...proven }))).toMatchObject({
      ...{ result: 'merged', reason: containing(`${waiting} was deleted: this one takes its place (it was at`) },
    });
    expect(branchesOf(root)).toEqual([branch, 'main']);
    expect(sh(root, 'log', '-1', '--format=%s', at)).toContain('Merge the deployment of app');
  });

  it('is deleted when a newer one waits, too', async () => {
    const root = await withWaiting();
    plant(root, { another: 'draft' });
    expect(await merge(await deployed(root, { ...newer, ...proven }))).toMatchObject({ result: 'waiting' });
    expect(branchesOf(root)).toEqual([branch, 'main', 'sluice/merge-app-ffffffffffff']);
  });

  it('stays as long as it alone has changes of something else, which are named', async () => {
    const root = await withWaiting({ files: ['VERSION'], ...proven });
    expect(await merge(await deployed(root, { ...newer, ...proven }))).toMatchObject({
      reason: containing(`${waiting} stays: it alone has changes of VERSION`),
    });
    expect(branchesOf(root)).toEqual([branch, 'main', waiting]);
  });

  it('stays where somebody has added a commit, or has it checked out', async () => {
    const root = await withWaiting();
    sh(root, 'checkout', '--quiet', waiting);
    sh(root, 'checkout', '--quiet', '-b', 'aside');
    sh(root, 'worktree', 'add', '--quiet', join(root, 'worktrees/mine'), waiting);
    const request = await deployed(root, { ...newer, ...proven });
    expect(await merge(request)).toMatchObject({ reason: containing(`${waiting} stays: it is checked out`) });
    plant(join(root, 'worktrees/mine'), { note: 'mine' });
    sh(join(root, 'worktrees/mine'), 'add', 'note');
    sh(join(root, 'worktrees/mine'), 'commit', '--quiet', '--amend', '--no-edit');
    sh(root, 'worktree', 'remove', join(root, 'worktrees/mine'));
    expect(await merge(request)).toMatchObject({
      reason: containing(`${waiting} stays: it alone has changes of note`),
    });
  });

  it.each([
    ['another project', { project: 'app-web', id: 'app-web/production/3' }, 'sluice/merge-app-web-'],
    ['a later deployment', { id: 'app/production/9' }, 'sluice/merge-app-'],
  ])('of %s stays', async (_, over, name) => {
    const root = await withWaiting(over);
    await merge(await deployed(root, { ...newer, ...proven }));
    expect(branchesOf(root)).toContain(`${name}${release}`);
  });
});
