import type { CheckResult } from '../checks/check';
import { failed, inconclusive, passed, type GateResult } from './gate';

/** Gate 1, staging -> canary: deployed, smoke tests pass, no errors in the logs, monitoring is healthy. */
export const gate1: readonly string[] = ['health', 'smoke', 'logs', 'monitoring'];

/** All of the named checks ran and found nothing that blocks. A check that is missing or was skipped is never a pass. */
export function everyCheck(checks: readonly CheckResult[], names: readonly string[]): GateResult {
  const rows = names.map((name) => ({ name, found: checks.find((check) => check.check === name) }));
  const bad = rows.filter(({ found }) => found?.status === 'fail');
  if (bad.length) return failed(bad.map(({ name, found }) => `${name}: ${found?.reason}`));
  const unknown = rows.filter(({ found }) => !found || found.status === 'skip');
  if (unknown.length)
    return inconclusive(unknown.map(({ name, found }) => `${name}: ${found?.reason ?? 'did not run'}`));
  return passed(rows.map(({ name, found }) => `${name}: ${found?.reason}`));
}
