import type { MergeOutcome } from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { aState } from '@sluice/core/testing';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { main } from './main';

let root: string;
let host: FakeHost | undefined;
beforeEach(() => {
  root = scratchRepository({
    'app/project.json': { name: 'app' },
    'app/sluice.json': {
      runtime: { command: ['node', 'main.js'] },
      environments: { staging: { port: 4001 }, production: { port: 4000 } },
    },
  });
});
afterEach(async () => {
  await host?.close();
  host = undefined;
});
afterAll(removeWorkspaces);

async function sluice(...args: string[]) {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const code = await main(args, { cwd: root, say, warn: say, confirm: null });
  return { code, said: said.join('\n') };
}

const merged: MergeOutcome = {
  ...{ result: 'merged', reason: 'merged into main as abc', base: 'main', commit: 'abc', branch: null },
  ...{ command: null, pushed: null },
};
const answer = async (outcome: MergeOutcome) => {
  host = await fakeHost(root, { 'POST /merges': () => outcome });
};

describe('sluice worktree merge', () => {
  it('has the host merge, and says what came of it', async () => {
    await answer(merged);
    expect(await sluice('worktree', 'merge', 'app')).toEqual({ code: 0, said: 'merged into main as abc' });
    expect(host?.asked).toEqual([{ call: 'POST /merges', body: { project: 'app' } }]);
  });

  it.each<[string, Partial<MergeOutcome>]>([
    ['waits', { result: 'waiting', reason: 'a conflict', command: 'git merge it' }],
    ['is not pushed', { reason: 'the push was refused', pushed: false, command: 'git push origin main' }],
  ])('ends as one that waits when it %s, with the command that helps', async (_, changes) => {
    await answer({ ...merged, ...changes });
    const { code, said } = await sluice('worktree', 'merge', 'app');
    expect(said).toBe(`${changes.reason}\n  -> ${changes.command}`);
    expect(code).toBe(4);
  });

  it('prints JSON', async () => {
    await answer(merged);
    expect(JSON.parse((await sluice('worktree', 'merge', 'app', '--json')).said)).toEqual({
      project: 'app',
      ...merged,
    });
  });

  it('refuses a project that was never deployed, and starts no host for it', async () => {
    const { code, said } = await sluice('worktree', 'merge', 'app');
    expect(said).toContain('NOTHING_TO_MERGE');
    expect(code).toBe(1);
  });

  it('tells what the host refuses', async () => {
    await createStateStore(root).save(aState());
    host = await fakeHost(root, {});
    expect((await sluice('worktree', 'merge', 'app')).code).not.toBe(0);
  });

  it('wants a project', async () => {
    expect((await sluice('worktree', 'merge')).code).toBe(2);
    expect((await sluice('worktree', 'merge', 'nowhere')).code).toBe(2);
  });
});
