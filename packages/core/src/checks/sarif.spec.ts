import { z } from '..';
import type { Reported, ReportedCheck } from './reported';
import { sarifLog } from './sarif';

const check = (more: Partial<ReportedCheck> = {}): ReportedCheck => ({
  ...{ check: 'secrets', tool: 'secretlint', version: '11.7.1', status: 'pass', reason: 'no secret in 3 text files' },
  ...{ findings: [], figures: { scanned: 3 }, durationMs: 15 },
  ...more,
});

/** The part of OASIS SARIF 2.1.0 (sarif-schema-2.1.0.json) that is used: no member may be another. */
const text = z.strictObject({ text: z.string().min(1) });
const level = z.enum(['none', 'note', 'warning', 'error']);
const bag = z.record(z.string(), z.unknown());
const region = z.strictObject({ startLine: z.int().min(1) });
const artifactLocation = z.strictObject({ uri: z.string().regex(/^[^\s?#\\]+$/), uriBaseId: z.literal('%SRCROOT%') });
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0),
  level,
  message: text,
  locations: z
    .array(z.strictObject({ physicalLocation: z.strictObject({ artifactLocation, region: region.optional() }) }))
    .length(1),
  suppressions: z
    .array(
      z.strictObject({ kind: z.literal('external'), status: z.literal('accepted'), justification: z.string().min(1) }),
    )
    .optional(),
  properties: bag,
});
const invocation = z.strictObject({
  executionSuccessful: z.boolean(),
  toolExecutionNotifications: z.array(z.strictObject({ level, message: text })),
});
const driver = z.strictObject({
  name: z.string(),
  version: z.string(),
  rules: z.array(z.strictObject({ id: z.string() })),
});
const run = z.strictObject({
  tool: z.strictObject({ driver }),
  automationDetails: z.strictObject({ id: z.string() }),
  invocations: z.array(invocation).length(1),
  results: z.array(result),
  properties: bag,
});
const log = z.strictObject({
  $schema: z.string().startsWith('https://'),
  version: z.literal('2.1.0'),
  runs: z.array(run),
});

function runsOf(checks: ReportedCheck[], more: Partial<Reported> = {}) {
  const told = { stage: 'security', project: 'web', verdict: 'pass' as const, reasons: [], checks, ...more };
  const times = { startedAt: 0, durationMs: 20 };
  return log.parse(JSON.parse(sarifLog({ ...told, times }, 'app/sluice.json'))).runs;
}

describe('the checks of the security stage as SARIF', () => {
  it('are a run each, by their tool and its version', () => {
    const runs = runsOf([check(), check({ check: 'audit', tool: 'npm', version: '10.8.2' })]);

    expect(runs.map(({ tool: { driver: by } }) => [by.name, by.version])).toEqual([
      ['secretlint', '11.7.1'],
      ['npm', '10.8.2'],
    ]);
    expect(runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
      'web/security/secrets/',
      'web/security/audit/',
    ]);
    expect(runs[0]?.invocations[0]?.executionSuccessful).toBe(true);
  });

  it('tell rule, level and place of what was found', () => {
    const findings: ReportedCheck['findings'] = [
      { severity: 'critical', message: 'a key', file: 'app/a b#1.ts', line: 7, rule: 'aws' },
      { severity: 'moderate', message: 'a hint', file: 'app/b.ts', line: 0, rule: 'hint' },
      { severity: 'low', message: 'left 1.0.0: slow' },
      { severity: 'high', message: 'another key', file: 'app/c.ts', rule: 'aws' },
    ];
    const [found] = runsOf([check({ status: 'fail', findings })], { verdict: 'fail' });

    expect(found?.tool.driver.rules).toEqual([{ id: 'aws' }, { id: 'hint' }, { id: 'secrets' }]);
    expect(
      found?.results.map(({ ruleIndex, level: how, locations: [at] }) => [
        ruleIndex,
        how,
        at?.physicalLocation.artifactLocation.uri,
        at?.physicalLocation.region?.startLine,
      ]),
    ).toEqual([
      [0, 'error', 'app/a%20b%231.ts', 7],
      [1, 'warning', 'app/b.ts', undefined],
      [2, 'note', 'app/sluice.json', undefined],
      [0, 'error', 'app/c.ts', undefined],
    ]);
  });

  it('tell what was allowed as suppressed, with its reason', () => {
    const findings = [{ severity: 'high' as const, message: 'a key', allowed: 'a test key, until 2027-01-01' }];

    expect(runsOf([check({ findings })])[0]?.results[0]?.suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'a test key, until 2027-01-01' },
    ]);
  });

  it.each(['skip', 'fail', 'warn'] as const)(
    'tell a check that says %s and found nothing as one that did not run',
    (status) => {
      const [found] = runsOf([check({ status, reason: 'npm printed rubbish' })]);

      expect(found?.invocations[0]?.executionSuccessful).toBe(false);
      expect(found?.invocations[0]?.toolExecutionNotifications[0]?.message.text).toBe('secrets: npm printed rubbish');
    },
  );

  it('show a failed check without a finding as a result, since that is all that some readers show', () => {
    const [found] = runsOf([check({ status: 'fail', reason: 'npm printed rubbish' })], { verdict: 'fail' });

    expect(found?.results).toMatchObject([
      { ruleId: 'secrets', level: 'error', message: { text: 'npm printed rubbish' } },
    ]);
  });

  it('show a failure of the stage that no check is to blame for', () => {
    const reasons = ['audit: is required and was skipped: no npm'];
    const runs = runsOf([check()], { verdict: 'fail', reasons });

    expect(runs[1]?.results).toMatchObject([{ ruleId: 'verdict', message: { text: reasons[0] } }]);
  });
});
