import { formatReadiness, readinessCheck, scoreReadiness, type ReadinessGroup, type ReadinessItem } from './readiness';

const item = (group: ReadinessGroup, ok: boolean | null, name: string = group): ReadinessItem => ({
  name,
  group,
  ok,
  evidence: `looked at ${name}`,
  raise: `mend ${name}`,
});
const all = (ok: boolean | null) =>
  (['testing', 'security', 'operations', 'documentation', 'stakeholders'] as const).map((group) => item(group, ok));

describe('the readiness score', () => {
  it.each<[string, ReadinessItem[], number]>([
    ['is 100 when everything is there', all(true), 100],
    ['is 0 when nothing is there', all(false), 0],
    ['is 0 when nothing applies', all(null), 0],
    ['is 0 without items', [], 0],
    ['weighs groups', [...all(true).slice(0, 4), item('stakeholders', false)], 90],
    ['scales the rest when a group has no items', all(true).slice(0, 4), 100],
    ['scales what is missing too', [...all(true).slice(0, 3), item('documentation', false)], 83],
    ['shares a group among its items', [item('testing', true, 'a'), item('testing', false, 'b')], 50],
    [
      'leaves out an item that cannot apply',
      [item('testing', true, 'a'), item('testing', null, 'b'), item('testing', false, 'c')],
      50,
    ],
    [
      'adds thirds up to 100',
      ['a', 'b', 'c'].flatMap((name) => [item('testing', true, name), item('operations', true, name)]),
      100,
    ],
    [
      'rounds down, so that 89.9 never looks like 90',
      [...Array.from({ length: 8 }, (_, at) => item('testing', true, `${at}`)), item('testing', false, 'last')],
      88,
    ],
  ])('%s', (_, items, score) => {
    expect(scoreReadiness(items, 90).score).toBe(score);
  });

  it('never counts what cannot apply as passed', () => {
    const row = scoreReadiness([item('testing', true), item('stakeholders', null)], 90).rows[1];

    expect(row).toMatchObject({ ok: null, points: 0, worth: 0 });
  });

  it.each<[string, ReadinessItem[], boolean]>([
    ['a GO at the minimum', [...all(true).slice(0, 4), item('stakeholders', false)], true],
    ['a NO-GO below the minimum', [...all(true).slice(0, 3), item('documentation', false)], false],
    [
      'a NO-GO when a test blocks, however high the score',
      [
        ...all(true),
        ...Array.from({ length: 9 }, (_, at) => item('testing', true, `${at}`)),
        item('testing', false, 'x'),
      ],
      false,
    ],
    ['a NO-GO when nothing applies', all(null), false],
  ])('is %s', (_, items, go) => {
    expect(scoreReadiness(items, 90).go).toBe(go);
  });

  it('is a NO-GO even at a minimum of 0 when security blocks', () => {
    expect(scoreReadiness([item('security', false)], 0)).toMatchObject({ go: false, blocking: [{ name: 'security' }] });
  });
});

describe('the readiness text', () => {
  it('has the five headings, the evidence, and what would raise the score', () => {
    const items = [...all(true).slice(0, 3), item('documentation', false, 'runbook'), item('stakeholders', null)];

    expect(formatReadiness(scoreReadiness(items, 80))).toBe(
      [
        'PRODUCTION READINESS SCORE: 83/100',
        'BLOCKING ISSUES: 0',
        'GO/NO-GO RECOMMENDATION: GO',
        'RATIONALE:',
        '  The score reaches the minimum of 80; nothing blocks.',
        '  [ok] testing: testing (33.3/33.3): looked at testing',
        '  [ok] security: security (27.8/27.8): looked at security',
        '  [ok] operations: operations (22.2/22.2): looked at operations',
        '  [missing] documentation: runbook (0.0/16.7): looked at runbook',
        '  [-] stakeholders: stakeholders (left out): looked at stakeholders',
        'NEXT STEPS:',
        '  - runbook (+16.7): mend runbook',
      ].join('\n'),
    );
  });

  it('names what blocks', () => {
    const text = formatReadiness(scoreReadiness([item('testing', false, 'tests pass'), item('security', true)], 90));

    expect(text).toContain('BLOCKING ISSUES: 1\n  - tests pass: looked at tests pass\nGO/NO-GO RECOMMENDATION: NO-GO');
    expect(text).toContain('The score is below the minimum of 90; 1 issue blocks.');
  });

  it.each([
    ['goes on to staging when nothing is missing', all(true), 'NEXT STEPS:\n  - deploy to staging'],
    ['says that nothing could be checked', [], 'Nothing could be checked, which is not readiness.'],
  ])('%s', (_, items, text) => {
    expect(formatReadiness(scoreReadiness(items, 90))).toContain(text);
  });
});

describe('the readiness check', () => {
  const judge = (items: ReadinessItem[]) => readinessCheck().run({ items, minScore: 90 }, new AbortController().signal);

  it('passes on a GO', async () => {
    expect(await judge(all(true))).toEqual({
      status: 'pass',
      reason: 'production readiness score 100/100 (minimum 90), 0 blocking',
      findings: [],
      figures: { score: 100, minScore: 90, blocking: 0 },
    });
  });

  it('fails on a NO-GO, with what is missing', async () => {
    expect(
      await judge([...all(true), item('testing', false, 'coverage'), item('operations', false, 'alerts')]),
    ).toEqual({
      status: 'fail',
      reason: 'production readiness score 75/100 (minimum 90), 1 blocking',
      findings: [
        { severity: 'high', message: 'coverage: looked at coverage; mend coverage' },
        { severity: 'low', message: 'alerts: looked at alerts; mend alerts' },
      ],
      figures: { score: 75, minScore: 90, blocking: 1 },
    });
  });
});
