import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bareConfig, noSignals } from '@sluice/core';
import { createDeploymentFiles, begunFile, createHandled, readPhase5In } from '@sluice/adapters/files';
import { aContext } from '../testing/stage-run';
import { scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { nameProcess } from '@sluice/adapters/processes';
import { beginDeployment } from './beginning';
import { findGround } from './ground';

let root: string;
beforeEach(() => (root = scratchRepository({ 'app/sluice.json': {} })));
afterAll(removeWorkspaces);

const started = (project: string) => existsSync(begunFile(root, project));
const begin = async (targets: string[], others: string[] = []) => {
  const context = aContext(root, 'deploy-worktree', targets);
  const tasks = context.taskGraph?.tasks ?? {};
  for (const project of others) {
    const target = { project, target: 'deploy-prod' };
    tasks[project] = { id: project, target, overrides: {}, outputs: [], cache: false, parallelism: true };
  }
  const ground = await findGround(context);
  await beginDeployment(ground, bareConfig(), root, process.pid);
  return ground;
};
function plantSignal(): void {
  const file = join(root, '.taskmaster/.signals/phase5-complete.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '{"status":"success","decision":"GO"}');
}
const digest = async () => (await readPhase5In(root, root, 90)).digest ?? '';

describe('a run that begins', () => {
  it('begins all projects that it deploys', async () => {
    await begin(['deploy-prod'], ['web', '@acme/shop']);
    expect(['app', 'web', '@acme/shop'].map(started)).toEqual([true, true, true]);
  });

  it('notes the signal that it answers, with its commit', async () => {
    plantSignal();
    const { head } = await begin(['deploy-prod']);
    expect(await createHandled(root).read('app')).toMatchObject({
      ...{ signal: await digest(), commit: head, process: nameProcess(process.pid), release: null, failure: null },
    });
  });

  it('does not forget what went to production for the same signal', async () => {
    plantSignal();
    const handled = { signal: await digest(), startedAt: 0, commit: 'c', process: null, failure: null };
    await createHandled(root).write('app', { ...handled, release: '1a2b' });
    await begin(['deploy-prod']);
    expect((await createHandled(root).read('app'))?.release).toBe('1a2b');
    await createHandled(root).write('app', { ...handled, signal: 'an earlier one', release: '1a2b' });
    await begin(['deploy-prod']);
    expect((await createHandled(root).read('app'))?.release).toBeNull();
  });

  it('notes no signal where it does not go to production, or there is none', async () => {
    await begin(['deploy-prod']);
    plantSignal();
    await begin(['deploy-staging']);
    expect(await createHandled(root).read('app')).toBeNull();
  });

  it('takes nothing away where it deploys nothing', async () => {
    await createDeploymentFiles(root).writeSignals(root, 'app', noSignals);
    await begin(['deploy-build']);
    expect(started('app')).toBe(false);
  });
});
