import { makeReceipt, refOf, type EnvironmentState } from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { aPlan, aRelease, aState, aStateIn, phases } from '@sluice/core/testing';
import type { StageRun } from '../stage/run-stage';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { aContext, aStageRun } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { canary } from './canary';
import { production } from './production';

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
};

let run: StageRun;
let host: FakeHost;
let state: EnvironmentState;

beforeEach(async () => {
  const root = scratchRepository({ 'app/sluice.json': settings });
  const made = await aStageRun(root, settings, aContext(root, 'deploy-prod'));
  run = made.run;
  const begun = aStateIn({ ...phases.watching, step: 1 }, { generation: 7 }, aPlan({ release: refOf(made.release) }));
  const gate = { gate: 'gate 2', verdict: 'pass' as const, reasons: ['no worse'], comparisons: [] };
  const steps = [{ traffic: 5, since: 0, until: 1, gate, promotedBy: null, slots: [], finding: null }];
  state = { ...begun, rollout: begun.rollout && { ...begun.rollout, steps } };
  await createStateStore(root).save(aState({ stable: aRelease('first') }));
  host = await fakeHost(root, {
    'POST /rollouts': () => ({ how: 'attached' }),
    'GET /states/app/production': () => state,
    'GET /events/app/production': () => state,
  });
});
afterEach(() => host.close());
afterAll(removeWorkspaces);

describe('the production stage', () => {
  it('goes on with the rollout that the canary of its run belongs to, and with no other', async () => {
    const { tools: _, ...passed } = await canary(run);
    const subject = { release: run.evidence?.release.id ?? '', builtOn: {} };
    const receipt = makeReceipt(
      { stage: 'canary', project: 'app', subject, figures: {}, produced: {}, checks: [], ...passed },
      { startedAt: 0, durationMs: 0 },
    );
    const evidence = run.evidence && { ...run.evidence, receipts: { canary: receipt } };
    const problem = { code: 'ROLLOUT_ENDED', message: 'It is over: ended by dana.', remedy: 'Run the whole again.' };
    host.answers['POST /rollouts'] = () => ({ problem });
    await expect(production({ ...run, evidence })).rejects.toMatchObject({ code: 'ROLLOUT_ENDED' });
    const asked = host.asked.filter(({ call }) => call === 'POST /rollouts').map(({ body }) => body);
    expect(asked[0]).not.toHaveProperty('continues');
    expect(asked[1]).toMatchObject({ goal: 'production', continues: 7 });
  });
});
