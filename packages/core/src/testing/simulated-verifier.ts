import type { CheckResult } from '../checks/check';
import type { Verifier } from '../ports';
import { behaviourOf, type Behaviours } from './behaviour';
import { aCheckResult } from './builders';

export interface SimulatedVerifier extends Verifier {
  /** What was verified, oldest first: `router: health, smoke`. */
  readonly calls: string[];
}

const known = ['health', 'services', 'smoke', 'window', 'logs', 'monitoring'];

/** Checks that pass unless the release's behaviour says otherwise. */
export function simulatedVerifier(behaviours: Behaviours): SimulatedVerifier {
  const calls: string[] = [];
  return {
    calls,
    async verify({ workload, via }, names, signal): Promise<CheckResult[]> {
      signal.throwIfAborted();
      calls.push(`${via}: ${names.join(', ')}`);
      const { checks } = behaviourOf(behaviours, workload.release);
      const run = names.filter((name) => checks[name] !== 'missing');
      return run.map((name) => {
        const found = checks[name];
        const status = known.includes(name) ? (found === undefined || found === 'missing' ? 'pass' : found) : 'fail';
        return aCheckResult(name, { status, reason: status === 'pass' ? 'all is well' : `${name} says ${status}` });
      });
    },
  };
}
