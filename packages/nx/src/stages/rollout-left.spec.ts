import { refOf, type EnvironmentState, type Phase, type ReleaseManifest } from '@sluice/core';
import { createLeftRollouts, createStateStore } from '@sluice/adapters/files';
import { aPlan, aRelease, aState, aStateIn, phases } from '@sluice/core/testing';
import { retry } from '../acts/retry';
import type { StageRun } from '../stage/run-stage';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { aContext, aStageRun } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { canary } from './canary';
import { production } from './production';
import { staging } from './staging';

const settings = {
  wait: false,
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
};

let root: string;
let run: StageRun;
let release: ReleaseManifest;
let said: string[];
let host: FakeHost;
/** What the host drives, and what it answers to a request to deploy. */
let state: EnvironmentState;
let how: 'started' | 'attached' | 'live';

beforeEach(async () => {
  root = scratchRepository({ 'app/sluice.json': settings });
  ({ run, release, said } = await aStageRun(root, settings, aContext(root, 'deploy-staging', ['deploy-prod'])));
  host = await fakeHost(root, {
    'POST /rollouts': () => ({ how }),
    'POST /permits': () => ({ how: 'done' }),
    'GET /states/app/staging': () => state,
    'GET /states/app/production': () => state,
  });
  how = 'started';
});
afterEach(() => host.close());
afterAll(removeWorkspaces);

const stateIn = (phase: Phase, environment: 'staging' | 'production' = 'staging'): EnvironmentState =>
  aStateIn(phase, { environment }, aPlan({ environment, release: refOf(release) }));
const ended = (result: 'done' | 'rolled-back', environment: 'staging' | 'production' = 'staging'): EnvironmentState => {
  const over = stateIn(phases.over, environment);
  const outcome = { result, reason: 'twice the errors', at: 0, cause: 'person' as const };
  const stable = result === 'done' ? refOf(release) : aRelease('first');
  return { ...over, stable, rollout: over.rollout && { ...over.rollout, outcome } };
};
const deployments = () => host.asked.filter(({ call }) => call === 'POST /rollouts').length;

describe('a stage that does not wait', () => {
  it('hands the rollout to the host, and says when to come back, with which command', async () => {
    state = stateIn({ ...phases.watching, since: Date.now(), observedAt: Date.now() });
    await expect(staging(run)).rejects.toMatchObject({
      code: 'ROLLOUT_WAITING',
      message: expect.stringMatching(/^staging of app is under way: .* left/) as string,
      remedy: expect.stringMatching(/after \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: nx run app:deploy-prod$/) as string,
    });
    expect(deployments()).toBe(1);
  });

  it('says so again while the rollout goes on, however often it is run', async () => {
    state = stateIn(phases.verifying);
    how = 'attached';
    for (const _ of [1, 2]) {
      await expect(staging(run)).rejects.toMatchObject({
        code: 'ROLLOUT_WAITING',
        remedy: expect.stringContaining('in a moment') as string,
      });
    }
    expect(said.join()).toContain('attached to the rollout');
  });

  it('goes through when the rollout has ended well meanwhile', async () => {
    state = stateIn(phases.verifying);
    await expect(staging(run)).rejects.toMatchObject({ code: 'ROLLOUT_WAITING' });
    state = ended('done');
    expect(await staging(run)).toMatchObject({ verdict: 'pass' });
    expect(deployments()).toBe(1);
  });

  it('fails with the reason when it has ended badly meanwhile, and deploys again only after that was said', async () => {
    state = stateIn(phases.verifying);
    await expect(staging(run)).rejects.toMatchObject({ code: 'ROLLOUT_WAITING' });
    state = ended('rolled-back');
    expect(await staging(run)).toMatchObject({ verdict: 'fail', reasons: ['rolled-back: twice the errors'] });
    expect(deployments()).toBe(1);
    state = stateIn(phases.verifying);
    await expect(staging(run)).rejects.toMatchObject({ code: 'ROLLOUT_WAITING' });
    expect(deployments()).toBe(2);
  });

  it('fails where somebody went back to another release meanwhile', async () => {
    state = stateIn(phases.verifying);
    await expect(staging(run)).rejects.toMatchObject({ code: 'ROLLOUT_WAITING' });
    state = aState({ environment: 'staging' });
    expect(await staging(run)).toMatchObject({ verdict: 'fail', reasons: ['another rollout took its place'] });
    expect(deployments()).toBe(1);
  });

  it('has nothing to wait for where the release is live already', async () => {
    how = 'live';
    state = ended('done');
    expect(await staging(run)).toMatchObject({ verdict: 'pass' });
  });
});

describe('the canary that does not wait', () => {
  const passed = (state: EnvironmentState): EnvironmentState => {
    const gate = { gate: 'gate 2', verdict: 'pass' as const, reasons: ['no worse'], comparisons: [] };
    const steps = [{ traffic: 5, since: 0, until: 1, gate, promotedBy: null, slots: [], finding: null }];
    return { ...state, rollout: state.rollout && { ...state.rollout, steps } };
  };

  beforeEach(async () => {
    await createStateStore(root).save(aState({ stable: aRelease('first') }));
  });

  it('passes when gate 2 is passed, and leaves what comes after it to production', async () => {
    state = stateIn(phases.watching, 'production');
    await expect(canary(run)).rejects.toMatchObject({ code: 'ROLLOUT_WAITING' });
    state = passed(stateIn({ ...phases.watching, step: 1 }, 'production'));
    how = 'attached';
    expect(await canary(run)).toMatchObject({ verdict: 'pass', reasons: ['no worse'] });
    await expect(production(run)).rejects.toMatchObject({ code: 'ROLLOUT_WAITING' });
    state = passed(ended('rolled-back', 'production'));
    const asked = deployments();
    expect(await canary(run)).toMatchObject({ verdict: 'pass' });
    expect(await production(run)).toMatchObject({ verdict: 'fail', reasons: ['rolled-back: twice the errors'] });
    expect(deployments()).toBe(asked);
  });

  it('says that it waits for people, and how they agree', async () => {
    const approvals = [{ before: 'production' as const, by: 2, from: null, ttl: 3_600_000 }];
    const plan = aPlan({ release: refOf(release), approvals });
    state = passed(aStateIn({ ...phases.watching, waiting: 'approval' }, {}, plan));
    expect(await canary(run)).toMatchObject({ verdict: 'pass' });
    await expect(production(run)).rejects.toMatchObject({
      code: 'APPROVAL_MISSING',
      message: expect.stringContaining('0 of 2 approvals before production') as string,
      remedy: expect.stringContaining('nx run app:deploy-approve --stage=production') as string,
    });
  });

  it('is deployed once more after deploy-retry, without hearing again how it ended', async () => {
    state = stateIn(phases.watching, 'production');
    await expect(canary(run)).rejects.toMatchObject({ code: 'ROLLOUT_WAITING' });
    state = { ...ended('rolled-back', 'production'), refused: [{ release: release.id, reason: 'slow', at: 0 }] };
    await retry(run, { reason: 'mended' }, run.say);
    expect(await createLeftRollouts(root).read('app', 'production')).toBeNull();
  });
});
