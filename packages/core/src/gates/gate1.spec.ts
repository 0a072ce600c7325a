import type { CheckResult } from '../checks/check';
import { aCheckResult } from '../testing';
import { everyCheck, gate1 } from './gate1';

const names = ['health', 'smoke', 'logs', 'monitoring'];
const judged = (checks: readonly CheckResult[]) => everyCheck(checks, gate1);
const results = (over: Record<string, CheckResult['status']> = {}) =>
  names.map((name) => aCheckResult(name, { status: over[name] ?? 'pass', reason: `${name} was looked at` }));

describe('gate 1, from staging to the canary', () => {
  it('passes when the release is deployed, smoke tests pass, logs are clean and monitoring is healthy', () => {
    expect(judged(results())).toMatchObject({
      verdict: 'pass',
      reasons: names.map((name) => `${name}: ${name} was looked at`),
    });
  });

  it.each(names)('fails when %s fails', (name) => {
    expect(judged(results({ [name]: 'fail' }))).toMatchObject({
      verdict: 'fail',
      reasons: [`${name}: ${name} was looked at`],
    });
  });

  it.each(names)('is no pass when %s was skipped', (name) => {
    expect(judged(results({ [name]: 'skip' })).verdict).toBe('inconclusive');
  });

  it.each(names)('is no pass when %s did not run', (name) => {
    const gate = judged(results().filter(({ check }) => check !== name));
    expect(gate).toMatchObject({ verdict: 'inconclusive', reasons: [`${name}: did not run`] });
  });

  it('passes with a warning', () => {
    expect(judged(results({ logs: 'warn' })).verdict).toBe('pass');
  });

  it('fails rather than not knowing when both are true', () => {
    expect(judged(results({ smoke: 'fail', logs: 'skip' })).verdict).toBe('fail');
  });

  it('does not look at checks that nobody asked for', () => {
    expect(everyCheck([...results(), aCheckResult('window', { status: 'fail' })], names).verdict).toBe('pass');
  });

  it('passes what nothing was asked of', () => {
    expect(everyCheck([], []).verdict).toBe('pass');
  });
});
