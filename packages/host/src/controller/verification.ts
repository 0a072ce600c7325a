import {
  runChecks,
  type Check,
  type CheckOutcome,
  type Clock,
  type MetricSource,
  type Runtime,
  type ServiceProbe,
  type Verifier,
  type VerifySubject,
  type Workload,
} from '@sluice/core';
import { urlOf } from '../address';
import { measureAll } from './metrics';

/** What the checks of trial and verification are made of. */
export interface Verification {
  clock: Clock;
  runtime: Runtime;
  metrics: MetricSource;
  services: ServiceProbe;
  /** Where an instance of the release answers by itself. */
  instanceUrl(workload: Workload): string | null;
  /** Runs the project's smoke tests, or asks for the health path where it has none. */
  smoke(subject: { plan: VerifySubject['plan']; baseUrl: string }, signal: AbortSignal): Promise<CheckOutcome>;
  logLines(workload: Workload, since: number): Promise<string[]>;
  /** Hides the secrets of a workload in a line of its log. */
  maskOf(workload: Workload): Promise<(line: string) => string>;
  /** Finds lines that match a pattern; what is shown of them is masked. */
  scan(
    subject: { lines: string[]; mask: (line: string) => string },
    pattern: string,
    signal: AbortSignal,
  ): Promise<CheckOutcome>;
}

/** Buckets of the router close once a second; figures of what was just sent are there after this long. */
const bucketTime = 1_100;

const outcome = (
  status: CheckOutcome['status'],
  reason: string,
  figures: Record<string, number> = {},
): CheckOutcome => ({
  status,
  reason,
  findings: [],
  figures,
});

export function createVerifier(parts: Verification): Verifier {
  const { clock } = parts;
  const known = new Map(checksOf(parts).map((check) => [check.name, check]));
  return {
    verify: (subject, names, signal) =>
      runChecks(
        names.map((name) => known.get(name) ?? unknownCheck(name)),
        subject,
        { clock, signal },
      ),
  };
}

function checksOf(parts: Verification): Check<VerifySubject>[] {
  const { clock, runtime, metrics, services } = parts;
  const check = (name: string, timeLimit: number, run: Check<VerifySubject>['run']): Check<VerifySubject> => ({
    name,
    tool: 'sluice',
    version: '1',
    timeLimit,
    run,
  });

  const measured = async ({ plan, workload, since }: VerifySubject, signal: AbortSignal) => {
    await clock.sleepUntil(clock.now() + bucketTime, signal);
    const { project, environment } = plan;
    const interval = await measureAll(metrics, { project, environment, from: since, to: clock.now() }, signal);
    const own = interval.slots.filter(({ release }) => release === workload.release);
    const sum = (pick: (slot: (typeof own)[number]) => number) => own.reduce((total, slot) => total + pick(slot), 0);
    return { requests: sum((slot) => slot.requests), errors: sum((slot) => slot.errors) };
  };

  return [
    check('health', 30_000, async ({ workload }, signal) => {
      const { healthy, wanted, reason } = await runtime.health(workload, signal);
      const counted = `${healthy} of ${wanted} instances are healthy`;
      return healthy === wanted && wanted > 0
        ? outcome('pass', counted, { healthy, wanted })
        : outcome('fail', `${counted}${reason ? `: ${reason}` : ''}`, { healthy, wanted });
    }),

    check('services', 60_000, async ({ plan }, signal) => {
      const found = await Promise.all(plan.services.map((service) => services.probe(service, signal)));
      const down = found.filter(({ healthy }) => healthy === 0);
      if (down.length)
        return outcome('fail', down.map(({ name, reason }) => `${name}: ${reason ?? 'down'}`).join('; '));
      return outcome('pass', found.length ? `${found.length} declared services answer` : 'no services are declared');
    }),

    check('smoke', 10 * 60_000, async ({ plan, workload, via }, signal) => {
      const baseUrl = via === 'router' ? urlOf(plan) : parts.instanceUrl(workload);
      return baseUrl ? parts.smoke({ plan, baseUrl }, signal) : outcome('fail', 'no instance is there to be asked');
    }),

    check('logs', 60_000, async ({ plan, workload, since }, signal) => {
      const [lines, mask] = await Promise.all([parts.logLines(workload, since), parts.maskOf(workload)]);
      return parts.scan({ lines, mask }, plan.logErrors, signal);
    }),

    check('monitoring', 60_000, async (subject, signal) => {
      const { requests } = await measured(subject, signal);
      return requests > 0
        ? outcome('pass', `the router measured ${requests} requests`, { requests })
        : outcome('fail', 'the router measured no request, though the smoke tests sent some');
    }),

    check('window', 60_000, async (subject, signal) => {
      const { requests, errors } = await measured(subject, signal);
      const { errorRateAbove } = subject.plan.hard;
      if (requests === 0) return outcome('fail', 'no request was measured in the last window');
      const words = `${errors} of the last ${requests} requests failed, the ceiling is ${errorRateAbove * 100} %`;
      return outcome(errors / requests > errorRateAbove ? 'fail' : 'pass', words, { requests, errors });
    }),
  ];
}

const unknownCheck = (name: string): Check<VerifySubject> => ({
  name,
  tool: 'sluice',
  version: '1',
  timeLimit: 1000,
  run: async () => outcome('fail', `there is no check "${name}"`),
});
