import type { CheckResult } from '../checks/check';
import { aCheckResult } from '../testing';
import { everyCheck, gate1 } from './gate1';

const names = ['health', 'smoke', 'logs', 'monitoring'];
const results = (over: Record<string, CheckResult['status']> = {}) =>
  names.map((name) => aCheckResult(name, { status: over[name] ?? 'pass', reason: `${name} was looked at` }));

describe('gate 1, from staging to the canary', () => {
  it('passes when the release is deployed, smoke tests pass, logs are clean and monitoring is healthy', () => {
    expect(gate1(results())).toMatchObject({
      verdict: 'pass',
      reasons: names.map((name) => `${name}: ${name} was looked at`),
    });
  });

  it.each(names)('fails when %s fails', (name) => {
    expect(gate1(results({ [name]: 'fail' }))).toMatchObject({
      verdict: 'fail',
      reasons: [`${name}: ${name} was looked at`],
    });
  });

  it.each(names)('is no pass when %s was skipped', (name) => {
    expect(gate1(results({ [name]: 'skip' })).verdict).toBe('inconclusive');
  });

  it.each(names)('is no pass when %s did not run', (name) => {
    const gate = gate1(results().filter(({ check }) => check !== name));
    expect(gate).toMatchObject({ verdict: 'inconclusive', reasons: [`${name}: did not run`] });
  });

  it('passes with a warning', () => {
    expect(gate1(results({ logs: 'warn' })).verdict).toBe('pass');
  });

  it('fails rather than not knowing when both are true', () => {
    expect(gate1(results({ smoke: 'fail', logs: 'skip' })).verdict).toBe('fail');
  });

  it('does not look at checks that nobody asked for', () => {
    expect(everyCheck([...results(), aCheckResult('window', { status: 'fail' })], names).verdict).toBe('pass');
  });

  it('passes what nothing was asked of', () => {
    expect(everyCheck([], []).verdict).toBe('pass');
  });
});
