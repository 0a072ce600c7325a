import { planRollback } from '../rollout/plan';
import { deploymentReport } from './report';
import type { ReportInput } from './subject';
import {
  aCheck,
  aPlan,
  aReceipt,
  aReleaseReceipt,
  begun,
  calm,
  failing,
  first,
  isIn,
  monday,
  next,
  played,
} from './testing/example';

const staging = played(begun(aPlan({}, { environment: 'staging', from: null }))).state;
const published = (traffic = calm, plan = aPlan()) => played(begun(plan), { until: isIn('publishing'), traffic }).state;
const report = (changes: Partial<ReportInput> & { production?: ReturnType<typeof published> | null } = {}) => {
  const { production = published(), ...rest } = changes;
  return deploymentReport({
    project: 'app',
    commit: next.commit,
    states: { staging, production },
    receipts: [],
    failure: null,
    now: monday + 180_000,
    ...rest,
  });
};

/** The lines of one section; the top of the report without a heading. */
const sectionOf = (markdown: string, heading?: string): string[] => {
  const sections = markdown.split(/^## /m);
  const found = heading === undefined ? sections[0] : sections.find((text) => text.startsWith(heading));
  return (found ?? '').split('\n').filter(Boolean);
};
const rowOf = (markdown: string, cell: string): string[] =>
  (markdown.split('\n').find((line) => line.includes(`| ${cell} |`)) ?? '')
    .split(' | ')
    .map((text) => text.replace(/^\| |\s*\|$/g, ''));

describe('the report of a deployment that went well', () => {
  const markdown = report();

  it('begins with the outcome in one sentence', () => {
    expect(sectionOf(markdown)[1]).toBe(
      '**Deployed.** next (1a2b3c4d5e6f) serves 100 % of production traffic since 2026-11-23 13:02:38 UTC.',
    );
  });

  it('says what was deployed, from what, after which release and by whom', () => {
    expect(sectionOf(markdown).slice(2)).toEqual([
      '|  |  |',
      '| --- | --- |',
      '| Project | app |',
      '| Release | 1a2b3c4d5e6f |',
      `| Commit | ${next.commit} |`,
      '| Configuration | next |',
      '| Replaces | 9f8e7d6c5b4a |',
      '| Deployed by | alice |',
      '| Begun | 2026-11-23 13:00:00 UTC |',
      '| Report of | 2026-11-23 13:03:00 UTC |',
    ]);
  });

  it('shows every stage in the order of the pipeline, and never as passed when it did not run', () => {
    expect(sectionOf(markdown, 'Stages').slice(3)).toEqual([
      '| – | Isolated worktree | not run | – | – |',
      '| – | Build and pack | not run | – | – |',
      '| 0 | Security validation | not run | – | – |',
      '| 0 | Load test | not run | – | – |',
      '| 0 | Performance targets | not run | – | – |',
      '| 1 | Infrastructure | not run | – | – |',
      '| 2 | Production readiness | not run | – | – |',
      '| 3 | Staging | pass | 3,000 requests, errors 0.00 %, p95 12 ms | 34s |',
      '| 4 | Canary | pass | 300 requests, errors 0.00 % vs 0.00 %, p95 12 vs 12 ms | 1m3s |',
      '| 5 | Production rollout | pass | 4,800 requests, errors 0.00 %, p95 12 ms | 1m34s |',
      '| 6 | Verification | pass | checks: 4 passed | 5s |',
    ]);
  });

  it('shows both gates with the numbers that were compared, and the traffic of each slot', () => {
    expect(sectionOf(markdown, 'Gate 1')[3]).toBe('| health | pass | health is fine | sluice 1 |');
    const gate2 = sectionOf(markdown, 'Gate 2');
    expect(gate2[0]).toBe('Gate 2, canary → production: pass');
    expect(gate2).toContain('| canary 5 % | pass | latency p95 | 12.0 ms | 12.0 ms | 17.0 ms | yes |');
    expect(gate2).toContain('| canary 5 % | canary | 1a2b3c4d5e6f | 300 | 0 | 0.00 % | 8.0 ms | 12.0 ms | 12.0 ms |');
    expect(gate2).toContain('| production 100 % | pass | no hard ceiling is exceeded | – | – | – | – |');
  });

  it('shows the proven way back with its command', () => {
    expect(sectionOf(markdown, 'The way back').join('\n')).toContain(
      '9f8e7d6c5b4a is whole, 2 of 2 instances healthy.\n' +
        '9f8e7d6c5b4a stays warm until 2026-11-23 13:12:37 UTC, 9m37s more.\n```sh\nnx run app:deploy-rollback',
    );
  });

  it('says which part of the evidence was synthetic', () => {
    const half: typeof calm = (share) => calm(share).map((slot) => ({ ...slot, synthetic: slot.requests / 2 }));

    expect(markdown).toContain('None of the 15,000 requests was synthetic');
    expect(report({ production: published(half) })).toContain('7,500 of 15,000 requests (50.0 %) were sent by Sluice');
  });
});

describe('the report of a deployment that went wrong', () => {
  it('says that it was rolled back, why, and how to deploy the refused release once more', () => {
    const markdown = report({ production: published(failing) });

    expect(sectionOf(markdown).slice(1, 3)).toEqual([
      '**Rolled back** at canary 5 %: error rate 10.00 % is above its limit of 0.00 % (baseline 0.00 %); 3 checks in a row failed.',
      '9f8e7d6c5b4a serves 100 % of production traffic.',
    ]);
    expect(rowOf(markdown, 'Canary')[2]).toBe('fail');
    expect(sectionOf(markdown, 'The way back').at(-1)).toBe('It was taken, see below: nothing is left to do for it.');
    expect(rowOf(markdown, 'Production rollout')[2]).toBe('not run');
    expect(rowOf(markdown, 'Verification')[2]).toBe('not run');
    expect(sectionOf(markdown, 'Rollbacks')).toContain(`nx run app:deploy-retry --release=${next.id} --reason="..."`);
  });

  it('shows the last log lines of an instance that ended as they were', () => {
    const reason = 'An instance ended at once. Its last lines:\n  | boom `x`\n  | <script>';
    const { state } = played(begun(aPlan()), {
      until: isIn('publishing'),
      answer: (command, at) => (command.type === 'start' ? { type: 'started', at, ok: false, reason } : null),
    });

    const top = sectionOf(report({ production: state }));

    expect(top.slice(1, 7)).toEqual([
      '**Rolled back** before it had traffic.',
      '```text',
      ...reason.split('\n'),
      '```',
    ]);
  });

  it('says that the environment is to blame, not the release, and refuses nothing', () => {
    const reason = 'the environment, not the release (SECRET_UNREADABLE): there is no such file';
    const answer = { type: 'started', at: monday, ok: false, cause: 'world', reason } as const;
    const { state } = played(begun(aPlan()), {
      until: isIn('publishing'),
      answer: ({ type }) => (type === 'start' ? answer : null),
    });

    const markdown = report({ production: state });
    expect(sectionOf(markdown)[1]).toBe(`**Rolled back** before it had traffic: ${reason}.`);
    expect(sectionOf(markdown, 'Rollbacks')[1]).toContain('(the environment around it: nothing is held');
    expect(markdown).not.toContain('deploy-retry');
  });

  it('names the stage that blocked, and what production runs meanwhile', () => {
    const secrets = aReceipt('security', {
      verdict: 'fail',
      checks: [
        aCheck('secrets', {
          status: 'fail',
          reason: '1 secret | found',
          findings: [{ severity: 'critical', message: 'AWS key', file: 'src/a.ts', line: 3 }],
        }),
      ],
    });
    const markdown = report({
      commit: 'd'.repeat(40),
      receipts: [secrets, aReceipt('infra')],
      failure: { stage: 'security', reasons: ['secrets: 1 secret found'] },
      production: played(begun(aPlan()), { until: isIn('cooling') }).state,
    });

    expect(sectionOf(markdown).slice(1, 4)).toEqual([
      '**Failed** at security validation: secrets: 1 secret found.',
      'Production still runs next (1a2b3c4d5e6f).',
      '> The receipt of infra is left out: it is older than this run, which ended at security.',
    ]);
    expect(markdown).toContain(
      '| Security validation | secrets | fail | 1 secret \\| found [critical: AWS key (src/a.ts:3)] | sluice 1 |',
    );
    expect(rowOf(markdown, 'Staging')[2]).toBe('not run');
    expect(rowOf(markdown, 'Release')[1]).toBe('none yet');
  });

  it('says that a person took the release out again', () => {
    const live = played(begun(aPlan()), { until: isIn('cooling') }).state;
    const plan = planRollback(aPlan(), { project: 'app', release: first, from: next, by: 'bob', place: null });
    const back = played(begun(plan, live), { until: isIn('publishing') }).state;

    expect(sectionOf(report({ production: back }))[1]).toMatch(
      /^\*\*Rolled back by hand\.\*\* bob took next \(1a2b3c4d5e6f\) out of production again and went back to 9f8e7d6c5b4a/,
    );
  });
});

describe('the report of a first release', () => {
  const markdown = report({ production: published(calm, aPlan({}, { from: null })) });

  it('says that there was no canary, which is not a pass', () => {
    expect(rowOf(markdown, 'Canary')[2]).toBe('skipped: first release');
  });

  it('says that there is no way back', () => {
    expect(rowOf(markdown, 'Replaces')[1]).toBe('nothing: the first release');
    expect(markdown).toContain('There is no earlier release to go back to.');
  });
});

describe('the evidence of a report', () => {
  const other = '0ther0ther00';
  const readiness = aReleaseReceipt('readiness', next.id, [], { figures: { score: 95 } });

  it('is that of the receipts where a stage is no rollout', () => {
    const load = aReceipt(
      'load',
      { figures: { requests: 4812, errorRate: 0.002, p95Ms: 8.123, rate: 481.24 } },
      12_300,
    );
    const build = aReceipt('build', { figures: { artifactBytes: 48_213 }, produced: { artifact: 'ab12' } });
    const markdown = report({ receipts: [load, build, readiness] });

    expect(rowOf(markdown, 'Load test').slice(2)).toEqual([
      'pass',
      'requests 4,812, error rate 0.20 %, p95 8.1 ms, 481.2 requests/s',
      '12s',
    ]);
    expect(rowOf(markdown, 'Build and pack')[3]).toBe('artifact 47K');
    expect(rowOf(markdown, 'Built artifact')[1]).toBe('ab12');
    expect(rowOf(markdown, 'Production readiness')[3]).toBe('score 95');
  });

  it('leaves out a receipt that was edited', () => {
    const markdown = report({ receipts: [{ ...aReceipt('load', { verdict: 'fail' }), verdict: 'pass' }] });

    expect(markdown).toContain('> The receipt of load is left out: it was edited after it was made.');
    expect(rowOf(markdown, 'Load test')[2]).toBe('not run');
  });

  it('leaves out what a stage that failed left when it passed', () => {
    const failure = { stage: 'load', reasons: ['the port is in use'] };
    const markdown = report({ receipts: [aReceipt('load', { figures: { rate: 1 } })], failure, production: null });

    expect(rowOf(markdown, 'Load test').slice(2)).toEqual(['fail', '–', '–']);
    expect(markdown).toContain('The receipt of load is left out: it is of an earlier run, this one failed.');
  });

  it('leaves out a receipt that builds on another run, and what builds on that', () => {
    const stale = aReleaseReceipt('infra', next.id, [aReceipt('load', { figures: { rate: 1 } })]);
    const markdown = report({ receipts: [aReceipt('load'), stale, aReleaseReceipt('readiness', next.id, [stale])] });

    expect(markdown).toContain('infra is left out: it builds on another receipt of load, so it is of another run.');
    expect(markdown).toContain('readiness is left out: it builds on the receipt of infra, which is left out.');
  });

  it('does not mix in the rollouts of another release', () => {
    const production = played(begun(aPlan()), { until: isIn('cooling') }).state;
    const receipts = [aReleaseReceipt('readiness', other)];
    const markdown = report({ receipts, production });

    expect(rowOf(markdown, 'Release')[1]).toBe(other);
    expect(markdown).toContain(
      'The latest deployment of production is of release next (1a2b3c4d5e6f): its figures are left out.',
    );
    expect(rowOf(markdown, 'Staging')[2]).toBe('not run');
    expect(markdown).not.toContain('12.0 ms');
  });

  it('is that of the rollout being published, whatever another run left meanwhile', () => {
    const markdown = report({ receipts: [aReleaseReceipt('readiness', other)] });

    expect(rowOf(markdown, 'Release')[1]).toBe(next.id);
    expect(markdown).toContain(`> The receipt of readiness is for release ${other} and is left out.`);
  });

  it('prints what is not known as unknown, never as 0', () => {
    const silent: typeof calm = (share) => calm(share).map((slot) => ({ ...slot, requests: 0, latency: [] }));
    const { state } = played(begun(aPlan()), { until: isIn('publishing'), traffic: silent });

    expect(report({ production: state })).toContain(
      '| canary 5 % | canary | 1a2b3c4d5e6f | 0 | 0 | unknown | unknown | unknown | unknown |',
    );
  });
});

it('reports a run under way and a canary that waits for what they are', () => {
  const watching = played(begun(aPlan()), { until: isIn('watching', 1) }).state;
  const waiting = played(begun({ ...aPlan(), goal: 'canary' }), {
    until: ({ rollout }) => rollout?.phase.name === 'watching' && rollout.phase.waiting,
  }).state;

  expect(sectionOf(report({ production: watching }))[1]).toBe(
    '**Under way.** next (1a2b3c4d5e6f): production 10 %, step 2 of 4.',
  );
  expect(rowOf(report({ production: watching }), 'Production rollout')[2]).toBe('running');
  expect(sectionOf(report({ production: waiting }))[1]).toContain(
    '**Waiting.** The canary of next (1a2b3c4d5e6f) passed',
  );
  expect(sectionOf(report({ production: null }))[1]).toContain('**In staging.** next (1a2b3c4d5e6f) passed gate 1');
});
