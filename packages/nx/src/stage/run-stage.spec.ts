import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sluiceError } from '@sluice/core';
import { receiptFile, reportFile, worktreePath } from '@sluice/adapters/files';
import { git, scratchRepository } from '../testing/repository';
import { aContext } from '../testing/stage-run';
import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { runStage } from './run-stage';

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
};
const waiting = {
  ...{ environment: 'staging', project: 'app', standing: '5m left', after: null },
  command: 'nx run app:deploy-prod',
};

let root: string;
let worktree: string;
let errors: string;
beforeEach(() => {
  root = scratchRepository({ 'app/sluice.json': settings });
  worktree = worktreePath(root, { phase: 6, task: 1 });
  git(root, 'worktree', 'add', '--quiet', worktree, '-b', 'feature/phase-6-task-1');
  errors = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());
afterAll(removeWorkspaces);

const stage = (work: () => Promise<never>) => runStage('worktree', aContext(root, 'deploy-worktree'), work);
const hasReceipt = () => existsSync(receiptFile(root, 'app', 'worktree'));

describe('a stage that rejects', () => {
  it('fails, says what to do, leaves no receipt and writes the report of a failed deployment', async () => {
    const end = await stage(() => Promise.reject(sluiceError('NOT_A_REPOSITORY', { folder: root })));
    expect(end).toEqual({ success: false });
    expect(errors).toMatch(/NOT_A_REPOSITORY: .*\n {2}-> /);
    expect(hasReceipt()).toBe(false);
    expect(existsSync(reportFile(worktree))).toBe(true);
  });

  const strangers: [string, (path: string) => string][] = [
    [
      'a folder of somebody else',
      (path) => {
        mkdirSync(path);
        return path;
      },
    ],
    [
      'a symbolic link',
      (path) => {
        const elsewhere = scratchWorkspace({});
        symlinkSync(elsewhere, path);
        return elsewhere;
      },
    ],
    [
      "another branch's worktree",
      (path) => {
        git(root, 'worktree', 'add', '--quiet', path, '-b', 'mine');
        return path;
      },
    ],
  ];

  it.each(strangers)('writes its report beside the main checkout, and nothing into %s', async (_, occupy) => {
    git(root, 'worktree', 'remove', worktree);
    mkdirSync(dirname(worktree), { recursive: true });
    const stranger = occupy(worktree);
    const before = readdirSync(stranger);
    await stage(() => Promise.reject(sluiceError('NOT_A_REPOSITORY', { folder: root })));
    expect(readdirSync(stranger)).toEqual(before);
    expect(existsSync(reportFile(root))).toBe(true);
  });

  it.each(['../x', 'a/b', '..'])('refuses the project name "%s" before it makes anything', async (projectName) => {
    rmSync(join(root, '.sluice'), { recursive: true, force: true });
    const work = jest.fn();
    const context = { ...aContext(root, 'deploy-worktree'), projectName };
    expect(await runStage('worktree', context, work)).toEqual({ success: false });
    expect(errors).toMatch(/NAME_INVALID: The project name/);
    expect(work).not.toHaveBeenCalled();
    expect(existsSync(join(root, '.sluice'))).toBe(false);
  });

  it('fails without such a report where its rollout goes on in the host', async () => {
    const end = await stage(() => Promise.reject(sluiceError('ROLLOUT_WAITING', waiting)));
    expect(end).toEqual({ success: false });
    expect(errors).toMatch(/ROLLOUT_WAITING: staging of app is under way: 5m left\n {2}-> Run the same command again/);
    expect(hasReceipt()).toBe(false);
    expect(existsSync(reportFile(worktree))).toBe(false);
  });
});
