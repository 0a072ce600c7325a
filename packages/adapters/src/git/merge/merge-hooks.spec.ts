import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { plant, removeScratch, scratchFolder } from '../../files/testing/scratch-folder';
import { asAda, asBefore } from '../testing/author';
import { deployed, merge, release, report, subjectsOf, textOf } from '../testing/deployment';
import { headOf, statusOf } from '../testing/deployment-worktree';
import { commitAll, repository, sh } from '../testing/scratch-repository';

beforeEach(asAda);
afterEach(asBefore);
afterAll(removeScratch);
jest.setTimeout(120_000);

const containing = (text: string): unknown => expect.stringContaining(text);
const matching = (text: RegExp): unknown => expect.stringMatching(text);
const waiting = `sluice/merge-app-${release}`;

function hook(root: string, name: string, script: string): void {
  const file = join('.git/hooks', name);
  plant(root, { [file]: `#!/bin/sh\n${script}\n` });
  chmodSync(join(root, file), 0o755);
}

describe('a hook', () => {
  it.each([
    ['pre-commit', 'git refused the commit of report and signal'],
    ['commit-msg', 'git refused the commit of report and signal'],
  ])('%s that refuses leaves no commit, and lets it through another time', async (name, reason) => {
    const root = repository();
    const request = await deployed(root);
    hook(root, name, 'echo "not on a friday"; exit 1');
    expect(await merge(request)).toMatchObject({
      ...{ result: 'waiting', reason: containing(reason), branch: null },
      command: 'npx sluice worktree merge app',
    });
    expect(await merge(request)).toMatchObject({ reason: containing('not on a friday') });
    expect([subjectsOf(root, 'main'), headOf(request.worktree)]).toEqual([['First'], headOf(root)]);
    expect(sh(request.worktree, 'diff', '--cached', '--name-only')).toBe('');
    expect(textOf(request.worktree, report)).toContain(release);
    hook(root, name, 'exit 0');
    expect(await merge(request)).toMatchObject({ result: 'merged' });
  });

  it('pre-merge-commit that refuses leaves the base alone, and sees the merge', async () => {
    const root = repository();
    const request = await deployed(root);
    const seen = join(scratchFolder(), 'seen');
    hook(root, 'pre-merge-commit', `git rev-parse HEAD MERGE_HEAD > "${seen}"; ls .taskmaster >> "${seen}"; exit 1`);
    expect(await merge(request)).toMatchObject({
      ...{ result: 'waiting', reason: containing('the hook pre-merge-commit refused the merge'), branch: waiting },
    });
    expect(readFileSync(seen, 'utf8').split('\n').slice(0, 3)).toEqual([
      headOf(root),
      headOf(request.worktree),
      'DEPLOYMENT_REPORT.md',
    ]);
    expect(subjectsOf(root, 'main')).toEqual(['First']);
    rmSync(join(root, '.git/hooks/pre-merge-commit'));
    expect(await merge(request)).toMatchObject({ result: 'merged' });
  });

  it('commit-msg may write into the message of both commits, and refuse that of the merge alone', async () => {
    const root = repository();
    const request = await deployed(root);
    hook(root, 'commit-msg', `grep -q '^Merge' "$1" && exit 1; exit 0`);
    expect(await merge(request)).toMatchObject({ reason: containing('the hook commit-msg refused the merge') });
    hook(root, 'commit-msg', 'echo "Ticket: 7" >> "$1"');
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    expect(sh(root, 'log', '-1', '--format=%B', 'main')).toContain('Ticket: 7');
    expect(await merge(request)).toMatchObject({ result: 'merged', commit: headOf(root) });
  });

  it('that drops what Sluice wrote does not make it merge twice', async () => {
    const root = repository();
    const request = await deployed(root);
    hook(root, 'commit-msg', 'echo "Short and good" > "$1"');
    expect(await merge(request)).toMatchObject({ result: 'merged' });
    const head = headOf(root);
    await merge(request);
    expect(headOf(root)).toBe(head);
  });

  it('is found where the repository says that hooks are', async () => {
    const root = repository();
    const request = await deployed(root);
    const hooks = scratchFolder('hooks ä');
    hook(hooks, 'pre-merge-commit', 'exit 1');
    sh(root, 'config', 'core.hooksPath', join(hooks, '.git/hooks'));
    expect(await merge(request)).toMatchObject({ reason: containing('pre-merge-commit') });
  });

  it('reference-transaction that refuses to move the base leaves it, checked out or not', async () => {
    const root = repository();
    const request = await deployed(root);
    hook(root, 'reference-transaction', '[ "$1" = prepared ] && grep -q "refs/heads/main$" && exit 1; exit 0');
    expect(await merge(request)).toMatchObject({
      result: 'waiting',
      reason: containing('could not bring'),
      branch: waiting,
    });
    expect(statusOf(root)).toBe('?? .taskmaster/.signals/phase6-complete.json');
    sh(root, 'checkout', '--quiet', '--detach');
    expect(await merge(request)).toMatchObject({ result: 'waiting', reason: containing('git refused to move main') });
    rmSync(join(root, '.git/hooks/reference-transaction'));
    expect(await merge(request)).toMatchObject({ result: 'merged' });
  });

  it('that does not end is broken off with what waits for it', async () => {
    const root = repository();
    const ending = new AbortController();
    const request = await deployed(root, { signal: ending.signal });
    const runs = join(scratchFolder(), 'runs');
    hook(root, 'pre-merge-commit', `echo > "${runs}"; sleep 60 & wait`);
    const broken = merge(request).then(
      () => 'merged',
      (error: unknown) => String(error),
    );
    while (!existsSync(runs)) await new Promise((resolve) => setImmediate(resolve));
    ending.abort(new Error('the controller is leaving'));
    expect(await broken).toContain('the controller is leaving');
    rmSync(join(root, '.git/hooks/pre-merge-commit'));
    expect(await merge({ ...request, signal: new AbortController().signal })).toMatchObject({ result: 'merged' });
  });
});

describe('a merge that is pushed', () => {
  function withRemote(name = 'origin', there = 'main') {
    const remote = scratchFolder('remote ä 1');
    sh(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
    const root = repository();
    sh(root, 'remote', 'add', name, remote);
    sh(root, 'push', '--quiet', '--set-upstream', name, `main:${there}`);
    return { root, remote };
  }

  it.each([
    ['origin', 'main'],
    ['upstream', 'release/1'],
  ])('is at the branch that the base follows: %s/%s', async (name, there) => {
    const { root, remote } = withRemote(name, there);
    const outcome = await merge(await deployed(root, { how: 'push' }));
    expect(outcome).toMatchObject({
      result: 'merged',
      pushed: true,
      command: null,
      reason: containing(`pushed to ${name}/${there}`),
    });
    expect(sh(remote, 'rev-parse', `refs/heads/${there}`)).toBe(headOf(root));
  });

  it('and refused is merged here all the same, says so, and is pushed the next time', async () => {
    const { root, remote } = withRemote();
    const request = await deployed(root, { how: 'push' });
    hook(root, 'pre-push', 'echo "tests are red"; exit 1');
    expect(await merge(request)).toMatchObject({
      ...{ result: 'merged', pushed: false, commit: headOf(root), command: 'git push origin main' },
      reason: matching(/the push to origin\/main was refused: [^]*tests are red/),
    });
    expect(subjectsOf(remote, 'main')).toEqual(['First']);
    rmSync(join(root, '.git/hooks/pre-push'));
    expect(await merge(request)).toMatchObject({ result: 'merged', pushed: true });
    expect(sh(remote, 'rev-parse', 'main')).toBe(headOf(root));
    expect(subjectsOf(root, 'main')).toHaveLength(2);
  });

  it('to a remote that went on forces nothing', async () => {
    const { root, remote } = withRemote();
    const request = await deployed(root, { how: 'push' });
    const colleague = join(scratchFolder(), 'clone');
    sh(root, 'clone', '--quiet', remote, colleague);
    const theirs = commitAll(colleague, 'Theirs');
    sh(colleague, 'push', '--quiet');
    expect(await merge(request)).toMatchObject({ result: 'merged', pushed: false, reason: containing('rejected') });
    expect(sh(remote, 'rev-parse', 'main')).toBe(theirs);
  });

  it('without a remote, or to one that is away, is merged here', async () => {
    const alone = repository();
    expect(await merge(await deployed(alone, { how: 'push' }))).toMatchObject({
      ...{ result: 'merged', pushed: false, command: null, reason: containing('main has no remote to push to') },
    });
    const { root, remote } = withRemote();
    rmSync(remote, { recursive: true });
    expect(await merge(await deployed(root, { how: 'push' }))).toMatchObject({ result: 'merged', pushed: false });
    expect(subjectsOf(root, 'main')).toHaveLength(2);
  });

  it('that waits says that nothing was pushed', async () => {
    const { root } = withRemote();
    const request = await deployed(root, { how: 'push' });
    plant(root, { draft: 'mine' });
    expect(await merge(request)).toMatchObject({ result: 'waiting', pushed: false });
  });
});
