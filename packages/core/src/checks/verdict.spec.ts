import type { CheckResult } from './check';
import { verdictOf } from './runner';

describe('the verdict', () => {
  const result = (check: string, status: CheckResult['status'], reason: string): CheckResult => ({
    status,
    reason,
    findings: [],
    figures: {},
    check,
    tool: 'tool',
    version: '1',
    durationMs: 0,
  });
  const pass = result('secrets', 'pass', 'nothing found');
  const warn = result('audit', 'warn', '2 advisories below high');
  const fail = result('sast', 'fail', 'one finding');
  const skip = result('container', 'skip', 'no image');

  it.each<[string, CheckResult[], string[], ReturnType<typeof verdictOf>]>([
    ['passes when all pass', [pass], [], { verdict: 'pass', reasons: ['secrets: nothing found'] }],
    [
      'passes beside a skipped one, and says so',
      [skip, pass],
      ['secrets'],
      { verdict: 'pass', reasons: ['secrets: nothing found', 'container: no image'] },
    ],
    [
      'warns when one warns',
      [pass, warn, skip],
      [],
      { verdict: 'warn', reasons: ['audit: 2 advisories below high', 'container: no image'] },
    ],
    ['fails when one fails', [pass, fail, warn], [], { verdict: 'fail', reasons: ['sast: one finding'] }],
    [
      'fails when a required one was skipped',
      [pass, skip],
      ['container'],
      { verdict: 'fail', reasons: ['container: is required and was skipped: no image'] },
    ],
    [
      'fails when a required one is not there',
      [pass],
      ['semgrep'],
      { verdict: 'fail', reasons: ['semgrep: is required and did not run'] },
    ],
    [
      'is skipped when all were skipped, never a pass',
      [skip],
      [],
      { verdict: 'skipped', reasons: ['container: no image'] },
    ],
    ['is skipped without any check', [], [], { verdict: 'skipped', reasons: ['there was nothing to check'] }],
  ])('%s', (_, results, required, expected) => {
    expect(verdictOf(results, { required })).toEqual(expected);
  });
});
