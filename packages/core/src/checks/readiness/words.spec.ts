import { aConfig } from '../../testing/builders';
import { readinessCheck, readinessRows } from './check';
import { scoreReadiness, type ReadinessItem } from './score';
import { formatReadiness } from './words';

const item = (name: string, over: Partial<ReadinessItem> = {}): ReadinessItem => ({
  ...{ name, group: 'operations', ok: true, evidence: `looked at ${name}`, raise: `mend ${name}` },
  ...over,
});
const { weights } = aConfig().readiness;
const found = (items: readonly ReadinessItem[], minScore = 90) => scoreReadiness(items, { minScore, weights });

const tests = item('tests', { group: 'testing', blocks: true });
const items = [
  tests,
  item('security', { group: 'security', blocks: true }),
  item('health'),
  item('runbook', { group: 'documentation', ok: false }),
  item('approvals', { group: 'stakeholders', ok: null, evidence: 'none is configured' }),
];

describe('the readiness text', () => {
  it('has the five headings, the points of each group, and what would raise the score', () => {
    expect(formatReadiness(found(items, 80))).toBe(
      [
        'PRODUCTION READINESS SCORE: 83/100',
        'BLOCKING ISSUES: 0',
        'GO/NO-GO RECOMMENDATION: GO',
        'RATIONALE:',
        '  The score reaches the minimum of 80; nothing blocks.',
        '  testing        33.3 of 33.3',
        '  security       27.8 of 27.8',
        '  operations     22.2 of 22.2',
        '  documentation   0.0 of 16.7',
        '  stakeholders   left out',
        'NEXT STEPS:',
        '  - runbook (+16.7): mend runbook',
      ].join('\n'),
    );
  });

  it('names what blocks', () => {
    const text = formatReadiness(found([{ ...tests, ok: false }, item('health')]));

    expect(text).toContain('BLOCKING ISSUES: 1\n  - tests: looked at tests\nGO/NO-GO RECOMMENDATION: NO-GO');
    expect(text).toContain('The score is below the minimum of 90; 1 issue blocks.');
  });

  it.each([
    ['goes on to staging when nothing is missing', [tests], 'NEXT STEPS:\n  - deploy to staging'],
    ['says that nothing could be checked', [], 'Nothing could be checked, which is not readiness.'],
  ])('%s', (_, some, text) => {
    expect(formatReadiness(found(some))).toContain(text);
  });
});

describe('the readiness check', () => {
  const judge = (some: ReadinessItem[], minScore = 90) =>
    readinessCheck().run(found(some, minScore), new AbortController().signal);

  it.each<[string, ReadinessItem[], number, object]>([
    ['passes on a GO', [tests], 90, { status: 'pass', figures: { score: 100, minScore: 90, blocking: 0 } }],
    ['fails below the minimum', items, 90, { status: 'fail', figures: { score: 83, minScore: 90, blocking: 0 } }],
    ['fails on what blocks', [{ ...tests, ok: false }], 0, { status: 'fail', figures: { blocking: 1 } }],
    ['fails when nothing could be checked', [], 0, { status: 'fail' }],
  ])('%s', async (_, some, minScore, outcome) => {
    expect(await judge(some, minScore)).toMatchObject(outcome);
  });

  it('leaves a row for each item, with its points, its evidence and what would raise it', () => {
    expect(readinessRows(found([{ ...tests, ok: false }, ...items.slice(2)]))).toMatchObject([
      { check: 'score:tests', status: 'fail', findings: [{ severity: 'high', message: 'mend tests' }] },
      { check: 'score:health', status: 'pass', figures: { points: 30.8, worth: 30.8 }, findings: [] },
      {
        check: 'score:runbook',
        status: 'warn',
        reason: 'looked at runbook (0.0 of 23.1 points of documentation)',
        findings: [{ severity: 'low', message: 'mend runbook' }],
      },
      { check: 'score:approvals', status: 'skip', reason: 'left out of stakeholders: none is configured', figures: {} },
    ]);
  });
});
