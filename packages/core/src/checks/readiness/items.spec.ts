import { aConfigInput } from '../../testing/builders';
import { parseConfig } from '../../config/parse';
import { makeReceipt, type Receipt } from '../../receipt';
import type { CheckResult } from '../check';
import { readinessItems, type ReadinessFacts } from './items';
import { readinessNames } from './names';

const check = (status: CheckResult['status'], findings: CheckResult['findings'] = []): CheckResult => ({
  ...{ check: 'target:test', tool: 'nx', version: '23.2.1', status, reason: `it says ${status}`, findings },
  ...{ figures: {}, durationMs: 1 },
});
const receipt = (verdict: Receipt['verdict'], findings: CheckResult['findings'] = []): Receipt =>
  makeReceipt(
    {
      ...{ stage: 'security', project: 'app', verdict, subject: { content: 'c', tools: {} }, reasons: [] },
      ...{ figures: {}, produced: {}, checks: [check('pass', findings)] },
    },
    { startedAt: 0, durationMs: 1 },
  );

const whole: ReadinessFacts = {
  tests: [check('pass')],
  coverage: null,
  receipts: { security: receipt('pass'), load: receipt('pass') },
  documents: { readme: 'app/README.md', runbook: 'RUNBOOK.md', changelog: 'CHANGELOG.md', alerts: 'app/alerts.yml' },
  owners: { file: '.github/CODEOWNERS', names: ['@team'], orphan: null },
  hasWayBack: true,
  rehearsal: { last: 'back to an earlier release' },
  phase5: { standing: 'go', reason: 'GO with 95' },
  projectRoot: 'app',
};

const settings = (over: object = {}) =>
  parseConfig(JSON.stringify({ ...aConfigInput(), smoke: ['true'], ...over }), 'app/sluice.json');
const items = (facts: Partial<ReadinessFacts> = {}, over: object = {}) =>
  readinessItems({ ...whole, ...facts }, settings({ runtime: withMetrics, ...over }));
const withMetrics = { ...aConfigInput().runtime, metrics: { path: '/metrics' } };
const itemOf = (name: string, facts: Partial<ReadinessFacts> = {}, over: object = {}) =>
  items(facts, over).find((item) => item.name === name);

const finding = { severity: 'low', message: 'old package' } as const;

describe('what production needs', () => {
  it('is there where everything is there, but what can not apply', () => {
    const open = items().filter(({ ok }) => ok !== true);

    expect(open.map(({ name, ok }) => [name, ok])).toEqual([
      ['coverage', null],
      ['approvals', null],
    ]);
    expect(
      items()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...readinessNames].sort());
  });

  it.each<[string, string, Partial<ReadinessFacts>, boolean | null, string]>([
    ['it may have no tests', 'tests', { tests: [check('skip')] }, null, '0 of 1 checks'],
    ['a target failed', 'tests', { tests: [check('pass'), check('fail')] }, false, 'target:test: it says fail'],
    ['a target was not there', 'tests', { tests: [check('pass'), check('skip')] }, true, '1 of 2 checks'],
    ['security left nothing', 'security', { receipts: {} }, false, 'left nothing'],
    ['security was skipped', 'security', { receipts: { security: receipt('skipped') } }, false, 'skipped'],
    ['security warned', 'security', { receipts: { security: receipt('warn') } }, true, 'warn'],
    ['a finding is open', 'findings', { receipts: { security: receipt('warn', [finding]) } }, false, '1 low open'],
    ['security left no findings', 'findings', { receipts: {} }, false, 'left nothing'],
    ['it was not loaded', 'health', { receipts: {} }, false, 'not started'],
    ['the load stage failed', 'health', { receipts: { load: receipt('fail') } }, false, 'says fail'],
    ['it is the first release', 'way-back', { hasWayBack: false }, null, 'none yet'],
    ['staging is new', 'rehearsal', { rehearsal: null }, null, 'no two releases yet'],
    ['staging never went back', 'rehearsal', { rehearsal: { last: null } }, false, 'never went back'],
    [
      'there is no runbook',
      'runbook',
      { documents: { ...whole.documents, runbook: null } },
      false,
      'no app/RUNBOOK.md',
    ],
    ['nobody is named', 'owners', { owners: null }, false, 'no CODEOWNERS'],
    [
      'a file is nobody’s',
      'owners',
      { owners: { file: 'CODEOWNERS', names: ['@a'], orphan: 'app/x.ts' } },
      false,
      'names nobody for app/x.ts',
    ],
    ['phase 5 is no part of it', 'go', { phase5: { standing: 'absent', reason: 'no signal' } }, null, 'no signal'],
    ['phase 5 said nothing', 'go', { phase5: { standing: 'silent', reason: 'no word' } }, null, 'no word'],
    ['phase 5 objects', 'go', { phase5: { standing: 'no-go', reason: 'NO-GO' } }, false, 'NO-GO'],
  ])('when %s: %s', (_, name, facts, ok, evidence) => {
    const item = itemOf(name, facts);

    expect(item?.ok).toBe(ok);
    expect(item?.evidence).toContain(evidence);
  });

  it.each<[number | undefined, ReadinessFacts['coverage'], boolean | null]>([
    [undefined, { lines: 10, file: 'c.json' }, null],
    [80, { lines: 80, file: 'c.json' }, true],
    [80, { lines: 79.99, file: 'c.json' }, false],
    [80, null, false],
  ])('asks for a coverage of %p, found %j: %p', (coverage, found, ok) => {
    expect(itemOf('coverage', { coverage: found }, { readiness: { coverage } })?.ok).toBe(ok);
  });

  it('leaves out what is named, and says so', () => {
    expect(itemOf('runbook', {}, { readiness: { leaveOut: ['runbook'] } })).toMatchObject({
      ok: null,
      evidence: 'readiness.leaveOut names it',
    });
  });

  it('says who would be asked, which is not that they agreed', () => {
    const approvals = [{ before: 'production', by: 2 }];

    const item = itemOf('approvals', {}, { approvals });

    expect(item?.ok).toBeNull();
    expect(item?.evidence).toContain('2 before production');
  });
});
