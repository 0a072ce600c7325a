import { existsSync, mkdirSync } from 'node:fs';
import { sluiceError } from '@sluice/core';
import { receiptFile, reportFile, worktreePath } from '@sluice/adapters/files';
import { scratchRepository } from '../testing/repository';
import { aContext } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { worktreeKey } from './ground';
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
  worktree = worktreePath(root, worktreeKey);
  mkdirSync(worktree, { recursive: true });
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

  it('fails without such a report where its rollout goes on in the host', async () => {
    const end = await stage(() => Promise.reject(sluiceError('ROLLOUT_WAITING', waiting)));
    expect(end).toEqual({ success: false });
    expect(errors).toMatch(/ROLLOUT_WAITING: staging of app is under way: 5m left\n {2}-> Run the same command again/);
    expect(hasReceipt()).toBe(false);
    expect(existsSync(reportFile(worktree))).toBe(false);
  });
});
