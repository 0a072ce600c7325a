import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aPlan, aRelease, aStateIn, phases } from '@sluice/core/testing';
import { createStateStore } from '@sluice/adapters/files';
import { ensureWorktree } from '@sluice/adapters/git';
import { git, scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { main } from './main';

let root: string;
let path: string;
beforeEach(async () => {
  root = scratchRepository({ 'app/main.js': 'one' });
  ({ path } = await ensureWorktree({ root, commit: 'HEAD', phase: 6, task: 1 }));
});
afterAll(removeWorkspaces);
jest.setTimeout(60_000);

async function sluice(line: string, cwd = root): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const code = await main(['worktree', ...line.split(' ')], { cwd, say, warn: say, confirm: null });
  return { code, said: said.join('\n') };
}

/** A rollout of the project `app` that works in the worktree. */
async function aRollout(): Promise<void> {
  const release = { ...aRelease('next'), commit: git(path, 'rev-parse', 'HEAD').trim() };
  const plan = { ...aPlan(), project: 'app', release, place: { checkout: root, worktree: path, projectRoot: 'app' } };
  await createStateStore(root).save(aStateIn(phases.watching, { project: 'app' }, plan));
}

describe('sluice worktree enforce', () => {
  it('lets a deployment worktree pass, in any of its folders, with what the pipeline writes', async () => {
    mkdirSync(join(path, '.taskmaster'));
    writeFileSync(join(path, '.taskmaster/DEPLOYMENT_REPORT.md'), 'report');
    expect(await sluice('enforce', join(path, 'app'))).toEqual({
      ...{ code: 0, said: `${path} is isolated, on feature/phase-6-task-1` },
    });
    expect((await sluice('enforce --phase 6 --task 1', path)).code).toBe(0);
  });

  const wrong: [string, () => string, string, RegExp][] = [
    ['the main checkout', () => root, 'enforce', /it is the main checkout/],
    [
      'another worktree',
      () => {
        git(root, 'worktree', 'add', '--quiet', join(root, 'worktrees/mine'), '-b', 'mine');
        return join(root, 'worktrees/mine');
      },
      'enforce',
      /it is the worktree mine, not one named phase-N-task-M/,
    ],
    ['that of another task', () => path, 'enforce --task 2', /it is phase-6-task-1, and phase-6-task-2 is wanted/],
    [
      'another branch',
      () => {
        git(path, 'checkout', '--quiet', '-b', 'mine');
        return path;
      },
      'enforce',
      /branch mine is checked out, not feature\/phase-6-task-1/,
    ],
    [
      'no branch',
      () => {
        git(path, 'checkout', '--quiet', '--detach');
        return path;
      },
      'enforce',
      /no branch is checked out/,
    ],
    [
      'changed and untracked files, all of which it names',
      () => {
        appendFileSync(join(path, 'app/main.js'), 'changed');
        writeFileSync(join(path, 'größe 1.js'), 'new');
        return path;
      },
      'enforce',
      /the pipeline's own: app\/main.js\n.*the pipeline's own: größe 1.js/,
    ],
  ];

  it.each(wrong)('fails in %s, and says so', async (_, prepare, line, reason) => {
    const { code, said } = await sluice(line, prepare());
    expect(code).toBe(1);
    expect(said).toMatch(/WORKTREE_WRONG/);
    expect(said).toMatch(reason);
  });

  it('says all that is wrong at once', async () => {
    git(path, 'checkout', '--quiet', '-b', 'mine');
    writeFileSync(join(path, 'new.js'), '');
    const { said } = await sluice('enforce --task 3', path);
    expect(said.split('\n').filter((line) => line.startsWith('  - '))).toHaveLength(3);
  });

  it('takes a task that is no number for a wrong command', async () => {
    expect((await sluice('enforce --task x', path)).code).toBe(2);
  });
});

describe('sluice worktree list', () => {
  it('is a table of at most 80 columns', async () => {
    await aRollout();
    await ensureWorktree({ root, commit: 'HEAD', phase: 6, task: 12 });
    writeFileSync(join(root, 'worktrees/phase-6-task-12/new.js'), '');
    const { code, said } = await sluice('list');
    const [head = '', first = '', second = ''] = said.split('\n');
    expect(code).toBe(0);
    expect(head).toMatch(/^WORKTREE +COMMIT +STATE +UNFINISHED$/);
    expect(first).toMatch(/^phase-6-task-1 +[\da-f]{12} +clean +app: the rollout of .*…$/);
    expect(second).toMatch(/^phase-6-task-12 +[\da-f]{12} +1 change +-$/);
    expect(Math.max(...said.split('\n').map((line) => line.length))).toBe(80);
  });

  it('is JSON for machines, from within a worktree too', async () => {
    await aRollout();
    const { said } = await sluice('list --json', path);
    expect(JSON.parse(said)).toMatchObject([
      {
        ...{ name: 'phase-6-task-1', path, branch: 'feature/phase-6-task-1', isOwn: true, condition: 'ready' },
        ...{ changes: [], uses: [{ project: 'app', processes: [] }] },
      },
    ]);
  });

  it('says that there is none', async () => {
    await sluice('clean');
    expect((await sluice('list')).said).toBe('there is no deployment worktree');
    expect(JSON.parse((await sluice('list --json')).said)).toEqual([]);
  });
});

describe('sluice worktree clean', () => {
  it('deletes what nobody needs, and says what', async () => {
    expect((await sluice('clean --print')).said).toBe('phase-6-task-1: would be deleted');
    expect(existsSync(path)).toBe(true);
    expect(await sluice('clean')).toEqual({ code: 0, said: 'phase-6-task-1: deleted' });
    expect(existsSync(path)).toBe(false);
  });

  it('never deletes the worktree of an unfinished rollout', async () => {
    await aRollout();
    const { code, said } = await sluice('clean --force');
    expect([code, existsSync(path)]).toEqual([0, true]);
    expect(said).toMatch(/^phase-6-task-1: stays\n {2}the rollout of .* to production is unfinished$/);
  });

  it('names uncommitted work, and deletes it by --force alone', async () => {
    writeFileSync(join(path, 'app/new.js'), '');
    const { said } = await sluice('clean');
    expect(said).toBe(
      'phase-6-task-1: stays\n  it has uncommitted work, which --force deletes\n  uncommitted: app/new.js',
    );
    expect((await sluice('clean --force --print')).said).toBe('phase-6-task-1: would be deleted\n  app/new.js');
    expect(existsSync(join(path, 'app/new.js'))).toBe(true);
    expect((await sluice('clean --force')).said).toBe('phase-6-task-1: deleted\n  app/new.js');
    expect(existsSync(path)).toBe(false);
  });
});
