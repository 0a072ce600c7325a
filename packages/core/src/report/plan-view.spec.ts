import { outlookOf } from './outlook';
import { outlookLines } from './outlook-words';
import { planTable } from './plan-table';
import { planView } from './plan-view';
import { rehearse } from './rehearsal';
import type { Plan } from '../rollout/plan';
import { aConfig, aPlan, monday } from './testing/example';

/** The times that hold without configuration. */
const usual = { staging: {}, canary: { method: 'threshold' }, production: {} };
const staging = aPlan(usual, { environment: 'staging', from: null });
const view = (production: Plan = aPlan(usual), settings: object = usual) =>
  planView({ project: 'app', config: aConfig(settings), plans: [staging, production], now: monday });
const input = { project: 'app', config: aConfig(usual), plans: [staging, aPlan(usual)], now: monday };
const stageOf = (name: string, ...given: Parameters<typeof view>) =>
  view(...given).stages.find(({ stage }) => stage === name);
const textsOf = (name: string, ...given: Parameters<typeof view>) =>
  stageOf(name, ...given)?.commands.map(({ text }) => text);

describe('a rehearsal', () => {
  it('gives every command of a run that goes well, with one line for a whole step', () => {
    expect(rehearse(aPlan(usual), monday).map(({ phase, command }) => `${phase}: ${command.type}`)).toEqual([
      'proving: prove',
      'starting: start',
      ...['shifting: shift', 'watching: observe'],
      ...['shifting: shift', 'watching: observe'],
      ...['shifting: shift', 'watching: observe'],
      ...['shifting: shift', 'watching: observe'],
      'verifying: verify',
      'settling: shift',
      'publishing: publish',
      'cooling: wait',
      'retiring: stop',
    ]);
  });

  it('takes the configured time for each step', () => {
    const watched = rehearse(aPlan(usual), monday).filter(({ command }) => command.type === 'observe');

    expect(watched.map(({ durationMs }) => durationMs / 3_600_000)).toEqual([24, 2, 2, 2]);
  });

  it.each([
    [
      'threshold' as const,
      { threshold: { promote: { errors: { ratio: 0.1, absolute: 0 }, latency: { ratio: 0.1, absolute: '0s' } } } },
    ],
    [
      'sequential' as const,
      { errors: { promote: { ratio: 0.1, absolute: 0 } }, latency: { promote: { ratio: 0.1 } }, alpha: 0.001 },
    ],
    [
      'mann-whitney' as const,
      {
        mannWhitney: {
          ...{ judgeEvery: '50s', pass: 100, marginal: 100 },
          metrics: { p50: { direction: 'decrease' }, errors: { direction: 'either' } },
        },
      },
    ],
  ])('passes by %s, whatever the margins are', (method, margins) => {
    const plan = aPlan({ canary: { method, ...margins }, production: { stepDuration: '1m' } });

    expect(rehearse(plan, monday).at(-1)?.phase).toBe('retiring');
  });

  const promote = { ratio: 0.1 };
  it.each(
    ['higher', 'lower'].flatMap((worse) => [
      { kind: 'ratio', worse, promote },
      { kind: 'histogram', quantiles: [0.99], worse, promote },
      { kind: 'histogram', quantiles: [0.2], worse, promote },
      { kind: 'gauge', worse, promote },
    ]),
  )('passes with a metric of its own, whatever it is: %j', (own) => {
    const plan = aPlan({ canary: { method: 'sequential', beta: 0.001, metrics: { own } } });

    expect(rehearse(plan, monday).at(-1)?.phase).toBe('retiring');
  });

  it('ends where the goal ends', () => {
    expect(rehearse({ ...aPlan(usual), goal: 'canary' }, monday).at(-1)).toMatchObject({ phase: 'watching', step: 0 });
  });
});

describe('the plan', () => {
  it('goes through the stages of the pipeline in order', () => {
    expect(view().stages.map(({ target }) => target)).toEqual([
      'deploy-worktree',
      'deploy-build',
      'deploy-security',
      'deploy-load',
      'deploy-performance',
      'deploy-infra',
      'deploy-readiness',
      'deploy-staging',
      'deploy-canary',
      'deploy-prod',
    ]);
  });

  it('shows every command that canary and production would give', () => {
    expect(textsOf('canary')).toEqual([
      'prove that 9f8e7d6c5b4a is whole and healthy',
      'start 1a2b3c4d5e6f and wait until it is healthy',
      'split 127.0.0.1:4400: stable 95 %, canary 5 %',
      'observe every 10s for 24h, compare with the baseline',
    ]);
    expect(textsOf('production')?.slice(4)).toEqual([
      'split 127.0.0.1:4400: stable 0 %, canary 100 %',
      'observe every 10s for 2h, keep to the ceilings',
      'verify health, services, smoke, window',
      'make 1a2b3c4d5e6f the stable release',
      'write report and completion signal',
      'keep 9f8e7d6c5b4a warm for 10m',
      'stop 9f8e7d6c5b4a',
    ]);
  });

  it('names the metrics that a step is compared by', () => {
    const metrics = { misses: { kind: 'ratio' }, rows: { kind: 'histogram' } };
    const settings = { ...usual, canary: { method: 'sequential', duration: '1h', metrics } };
    expect(textsOf('canary', aPlan(settings), settings)?.at(-1)).toBe(
      'observe every 10s for 1h, compare with the baseline, by misses, rows too',
    );
    expect(textsOf('production', aPlan(settings), settings)?.at(5)).toBe(
      'observe every 10s for 2h, keep to the ceilings',
    );
  });

  it('shows a fresh baseline from its start to its end', () => {
    const fresh = aPlan({ ...usual, canary: { baseline: 'fresh' } });
    expect(textsOf('canary', fresh)?.slice(1, 3)).toEqual([
      'start 1a2b3c4d5e6f and a fresh baseline and wait until it is healthy',
      'split 127.0.0.1:4400: stable 90 %, baseline 5 %, canary 5 %',
    ]);
    expect(textsOf('production', fresh)?.slice(0, 5)).toEqual([
      'split 127.0.0.1:4400: stable 80 %, baseline 10 %, canary 10 %',
      'observe every 10s for 2h, compare with the baseline',
      'split 127.0.0.1:4400: stable 90 %, canary 10 %',
      'stop the fresh baseline',
      'split 127.0.0.1:4400: stable 50 %, canary 50 %',
    ]);
  });

  it('counts from the begin of the run', () => {
    const [split] = stageOf('production')?.commands ?? [];

    expect(split?.atMs).toBe(
      view()
        .stages.slice(0, -1)
        .reduce((sum, { estimateMs }) => sum + estimateMs, 0),
    );
  });

  it('has no canary for a first release, which is tried before its first request', () => {
    const firstPlan = aPlan(usual, { from: null });

    expect(stageOf('canary', firstPlan)).toMatchObject({ skipped: 'first release', commands: [], estimateMs: 0 });
    expect(textsOf('production', firstPlan)).toContain('run smoke before the first request');
  });

  it('goes as far as its goal', () => {
    const plan: Plan = { ...aPlan(usual), goal: 'canary' };

    expect(stageOf('production', plan)).toMatchObject({ skipped: 'the goal is the canary', estimateMs: 0 });
    expect(view(plan).warmMs).toBe(0);
  });

  it('says of the other stages what they do with their settings', () => {
    const settings = {
      ...usual,
      load: { connections: 1, rate: 50, maxP95: '80ms' },
      performance: { p95: '60ms' },
      services: [{ name: 'db', url: 'tcp://127.0.0.1:5432' }],
    };
    const does = view(aPlan(usual), settings).stages.flatMap((stage) => stage.does);

    expect(does).toEqual(
      expect.arrayContaining([
        'nx run app:build',
        'load 1 scenario over 1 connection, 50 requests/s, 10s after 2s of warm-up',
        'errors at most 1.00 %, p95 at most 80ms',
        'figures of the load test: p95 at most 60ms',
        'the host is up within 5m; these services answer: db',
        'lint, typecheck, test, e2e of app and of what it depends on, in the worktree',
      ]),
    );
  });
});

describe('the table of the plan', () => {
  const lines = planTable(view()).split('\n');

  it('fits 80 columns', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('shows a stage with its commands and their times', () => {
    const at = lines.findIndex((line) => line.includes('deploy-canary'));

    expect(lines.slice(at, at + 5).join('\n')).toBe(
      ` 4  deploy-canary       Canary                                               24h
     prove that 9f8e7d6c5b4a is whole and healthy                            ~1s
     start 1a2b3c4d5e6f and wait until it is healthy                         ~5s
     split 127.0.0.1:4400: stable 95 %, canary 5 %                           <1s
     observe every 10s for 24h, compare with the baseline                    24h`,
    );
  });

  it('says how soon the verdict of the canary can come, where that is known', () => {
    const outlook = outlookOf(aPlan(), [], 0);
    const text = planTable(planView({ ...input, outlook }));

    expect(outlook && outlookLines(outlook).length).toBeGreaterThan(3);
    expect(text).toContain(outlook && outlookLines(outlook).join('\n'));
    expect(lines.join('\n')).not.toContain('verdict of the canary');
  });

  it('ends with the total, beside what the seven-stage description says', () => {
    expect(lines.slice(-7).join('\n')).toBe(
      `total: about 30h33m; the old release stays warm for 10m after that

            this plan  seven-stage description
staging        30m11s                   30 min
canary            24h                     24 h
production         6h                    2-8 h
total          30h33m                  25-32 h`,
    );
  });
});
