import { digestOf, makeReceipt, type LoadRun } from '@sluice/core';
import { aRelease, aState } from '@sluice/core/testing';
import { createStateStore, keptLoadRunFile, loadRunFile, readLoadRun, writeLoadRun } from '@sluice/adapters/files';
import { scratchRepository } from '../testing/repository';
import { aContext, aStageRun } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { compareWithLive, keepLoadRun } from './regression';

afterAll(removeWorkspaces);

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4301 }, production: { port: 4300 } },
};
const live = aRelease('first');

/** Twenty intervals, each with this latency and a little more from one to the next. */
const measured = (ms: number): LoadRun => ({
  version: 1,
  workload: 'w',
  intervals: Array.from({ length: 20 }, (_, at) => ({ requests: 100, errors: 0, latency: [[ms + at / 100, 100]] })),
});
const own = measured(30);

/** A stage whose release answered after 30 ms under load, as its receipt says or does not; first is live. */
async function aRun({ named = digestOf(own), isFirst = false } = {}) {
  const root = scratchRepository({ 'app/sluice.json': settings });
  const { run, release } = await aStageRun(root, settings, aContext(root, 'deploy-readiness'));
  await writeLoadRun(loadRunFile(root, 'app'), own);
  const state = aState({ project: 'app', environment: 'production', stable: live });
  if (!isFirst) await createStateStore(root).save(state);
  const load = makeReceipt(
    {
      ...{ stage: 'load', project: 'app', verdict: 'pass', subject: { content: 'c', tools: {} } },
      ...{ reasons: [], figures: {}, checks: [], produced: { run: named } },
    },
    { startedAt: 0, durationMs: 1 },
  );
  return { run: { ...run, evidence: run.evidence && { ...run.evidence, receipts: { load } } }, root, release };
}
const compare = async ({ run }: Awaited<ReturnType<typeof aRun>>) => (await compareWithLive(run))[0];

describe('the load run beside that of the live release', () => {
  it('is warned of where it is slower', async () => {
    const made = await aRun();
    await writeLoadRun(keptLoadRunFile(made.root, 'app', live.id), measured(20));

    const result = await compare(made);

    expect(result?.status).toBe('warn');
    expect(result?.reason).toContain(
      `worse under load than first (${live.id}), which is live: latency p50 is 1.5 times as high`,
    );
  });

  it('passes where it is not', async () => {
    const made = await aRun();
    await writeLoadRun(keptLoadRunFile(made.root, 'app', live.id), measured(29));

    expect(await compare(made)).toMatchObject({ status: 'pass' });
  });

  it('is not compared with nothing', async () => {
    expect(await compare(await aRun())).toMatchObject({
      status: 'skip',
      reason: expect.stringContaining('no load run of') as unknown,
    });
    expect(await compare(await aRun({ isFirst: true }))).toMatchObject({
      status: 'skip',
      reason: expect.stringContaining('nothing is live') as unknown,
    });
  });

  it('is not compared where another run is in its place than the receipt names', async () => {
    const made = await aRun({ named: 'another' });
    await writeLoadRun(keptLoadRunFile(made.root, 'app', live.id), measured(20));

    expect(await compare(made)).toMatchObject({
      status: 'skip',
      reason: 'its load run has no measurements by interval',
    });
  });

  it('is kept with its release, for the one after it', async () => {
    const { run, root, release } = await aRun();
    await keepLoadRun(run, release.id);

    expect(await readLoadRun(keptLoadRunFile(root, 'app', release.id))).toEqual(own);
  });
});
