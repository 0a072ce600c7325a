import { aConfig, aPlan, aRelease } from '../testing';
import { planDeploy, planRollback, slotOf, type Request } from './plan';

const minute = 60_000;
const hour = 60 * minute;
const request: Request = {
  project: 'app',
  release: aRelease('next'),
  from: aRelease('first'),
  by: 'dana',
  place: { checkout: '/repo', worktree: '/repo/worktrees/phase-6-task-1', projectRoot: 'apps/app' },
};

describe('the plan to production', () => {
  it('without configuration ends the canary with the evidence, then takes two hours a step', () => {
    expect(planDeploy(aConfig(), 'production', 'production', request).steps).toEqual([
      { stage: 'canary', traffic: 5, judged: true, minDuration: 5 * minute, maxDuration: 24 * hour },
      { stage: 'production', traffic: 10, judged: true, minDuration: 2 * hour, maxDuration: 4 * hour },
      { stage: 'production', traffic: 50, judged: true, minDuration: 2 * hour, maxDuration: 4 * hour },
      { stage: 'production', traffic: 100, judged: false, minDuration: 2 * hour, maxDuration: 2 * hour },
    ]);
  });

  it('goes from the canary to everything at once where it is configured so', () => {
    const config = aConfig({ production: { steps: [100] } });
    const { steps } = planDeploy(config, 'production', 'production', request);
    expect(steps.map(({ traffic }) => traffic)).toEqual([5, 100]);
  });

  it.each([
    ['10m', 2 * hour],
    ['3h', 3 * hour],
  ])(
    'leaves a part to the old release at the last step, to compare it while the way back lasts (%s)',
    (window, minDuration) => {
      const config = aConfig({ production: { holdback: 1 }, rollback: { window } });
      const { steps } = planDeploy(config, 'production', 'production', request);
      expect(steps.at(-1)).toEqual({
        ...{ stage: 'production', traffic: 99, judged: true, minDuration, maxDuration: 2 * minDuration },
      });
    },
  );

  it('keeps the settings of the router, which a way back takes over', () => {
    const config = aConfig({ router: { sticky: true, limits: { whole: '5m' } } });
    const plan = planDeploy(config, 'production', 'production', request);
    expect(plan.router).toMatchObject({ sticky: true, accessLog: false, limits: { whole: 5 * minute, idle: minute } });
    expect(planRollback(plan, request).router).toEqual(plan.router);
  });

  it('has the configured patience for evidence', () => {
    const config = aConfig({ canary: { duration: '1h', maxDuration: '90m' } });
    expect(planDeploy(config, 'production', 'production', request).steps[0]).toMatchObject({
      maxDuration: 90 * minute,
    });
  });

  it.each([
    [1, 5, undefined],
    [10, 5, 1],
    [10, 25, 3],
    [2, 50, 1],
    [1, 50, undefined],
  ])('of %d instances with a canary of %d %% starts as many as its share needs: %s', (instances, traffic, atMost) => {
    const config = aConfig({
      environments: { staging: { port: 4001 }, production: { port: 4000, instances } },
      canary: { traffic },
      production: { steps: [95, 100] },
    });
    const { steps } = planDeploy(config, 'production', 'production', request);
    expect(steps.map((step) => step.atMost)).toEqual([atMost, undefined, undefined]);
  });

  it('has no canary for a first release, but tries it before its first request', () => {
    const plan = planDeploy(aConfig(), 'production', 'production', { ...request, from: null });
    expect(plan.steps).toEqual([
      { stage: 'production', traffic: 100, judged: false, minDuration: 2 * hour, maxDuration: 2 * hour },
    ]);
    expect(plan.trial).toEqual(['smoke']);
    expect(slotOf(plan)).toBe('stable');
  });

  it('carries who, what, where and how it will be judged, so that nothing changes on the way', () => {
    const config = aConfig({
      smoke: ['npm', 'run', 'smoke'],
      services: [
        { name: 'db', url: 'tcp://127.0.0.1:5432' },
        { name: 'mail', url: 'tcp://127.0.0.1:25', critical: false },
      ],
      canary: { synthetic: { rate: 20 } },
    });
    const plan = planDeploy(config, 'production', 'canary', request);
    expect(plan).toMatchObject({ ...request, kind: 'deploy', goal: 'canary', host: '127.0.0.1', port: 4000 });
    expect(plan.services.map(({ name }) => name)).toEqual(['db']);
    expect(plan).toMatchObject({ smoke: ['npm', 'run', 'smoke'], synthetic: { rate: 20 }, window: 10 * minute });
    expect(plan.verify).toEqual(['health', 'services', 'smoke', 'window']);
    expect(slotOf(plan)).toBe('canary');
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('the plan to staging', () => {
  it('is one step of everything for the soak, then gate 1', () => {
    const config = aConfig({
      canary: { synthetic: { rate: 20 } },
      services: [{ name: 'db', url: 'tcp://127.0.0.1:5432' }],
    });
    const plan = planDeploy(config, 'staging', 'production', request);
    expect(plan.steps).toEqual([
      { stage: 'staging', traffic: 100, judged: false, minDuration: 30 * minute, maxDuration: 30 * minute },
    ]);
    expect(plan.verify).toEqual(['health', 'smoke', 'logs', 'monitoring']);
    expect(plan).toMatchObject({ port: 4001, trial: [], synthetic: null, services: [] });
  });
});

describe('the plan of a rollback', () => {
  it('goes back at once, with what the last plan knew', () => {
    const last = aPlan({ host: '127.0.0.2', port: 4100, smoke: ['true'] });
    const back = planRollback(last, { ...request, release: aRelease('first'), from: aRelease('next'), by: 'robin' });
    expect(back).toMatchObject({ kind: 'rollback', release: aRelease('first'), from: aRelease('next'), by: 'robin' });
    expect(back).toMatchObject({ host: '127.0.0.2', port: 4100, trial: [], verify: ['health'] });
    expect(back.steps).toEqual([{ stage: 'production', traffic: 100, judged: false, minDuration: 0, maxDuration: 0 }]);
  });
});
