import { toProblem } from '../errors';
import type { Instant } from '../analysis/figures';
import type { RolloutPorts } from '../ports';
import { readHistory } from '../analysis/methods';
import type { Dispersion } from '../analysis/sequential/history';
import type { Command, EnvironmentState, Event } from './model';
import type { Plan } from './plan';
import { noLatencies } from '../analysis/layout';
import { startWith } from './baseline-start';
import { within } from './within';

/** How long a port may take before the command counts as failed; waits are not limited. Above every configurable time. */
const limit = 15 * 60_000;
/** Reading what is known already is quick: while a reading hangs, nobody watches the release. */
const readingLimit = 30_000;

/**
 * Carries out one command and says what came of it. A port that rejects is a `failed` event; rejects on abort, and with
 * `ROUTE_STALE` where a newer driver has moved traffic.
 */
export async function execute(
  command: Command,
  state: EnvironmentState,
  ports: RolloutPorts,
  signal: AbortSignal,
): Promise<Event> {
  const { clock, synthetic } = ports;
  const { rollout } = state;
  if (!rollout) throw new RangeError('a command needs a rollout');
  try {
    await clock.sleepUntil(rollout.failures.retryAt, signal);
    const isWatched = command.type === 'observe' || command.type === 'verify';
    synthetic.keep(isWatched ? rollout.plan : null);
    if (command.type === 'wait') {
      await clock.sleepUntil(command.until, signal);
      return { type: 'elapsed', at: clock.now() };
    }
    if (command.type === 'observe') await clock.sleepUntil(command.to, signal);
    const allowed = { name: command.type, limit: command.type === 'observe' ? 2 * readingLimit : limit };
    return await within(allowed, clock, signal, (scope) => perform(command, rollout.plan, state, ports, scope));
  } catch (thrown) {
    signal.throwIfAborted();
    const problem = toProblem(thrown);
    if (problem.code === 'ROUTE_STALE') throw thrown; // another driver acts: this one has nothing to decide any more
    return { type: 'failed', at: clock.now(), problem };
  }
}

async function perform(
  command: Exclude<Command, { type: 'wait' }>,
  plan: Plan,
  state: EnvironmentState,
  ports: RolloutPorts,
  signal: AbortSignal,
): Promise<Event> {
  const { clock, runtime, router, metrics, services, verifier, publisher } = ports;
  const { project, environment } = state;
  switch (command.type) {
    case 'prove': {
      const answer = await runtime.prove(command.wayBack, signal);
      return { type: 'proved', at: clock.now(), ...answer };
    }
    case 'start': {
      const answer = await startWith(runtime, command, signal);
      return { type: 'started', at: clock.now(), ...answer };
    }
    case 'try': {
      const subject = { plan, workload: command.workload, via: 'instance' as const, since: clock.now() };
      const checks = await verifier.verify(subject, command.checks, signal);
      return { type: 'tried', at: clock.now(), checks };
    }
    case 'shift':
      return { type: 'shifted', since: await router.apply(command.route, signal), at: clock.now() };
    case 'observe': {
      const { from, workloads, baseline } = command;
      const to = Math.max(command.to, clock.now()); // a driver that was away catches up before anything is decided
      const query = { project, environment, from, to };
      const measured = within({ name: 'measure', limit: readingLimit }, clock, signal, (scope) =>
        metrics.measure(query, scope),
      );
      const history = command.history
        ? historyOf(plan, { project, environment, until: from }, ports, signal)
        : undefined;
      const [past, figures, fresh, ...health] = await Promise.all([
        history,
        // a metric source that is out of order must not hide that instances are down
        measured.then(
          (interval) => ({ interval }),
          (thrown: unknown) => unmeasured(from, thrown),
        ),
        baseline && runtime.health(baseline, signal),
        ...workloads.map((workload) => runtime.health(workload, signal)),
        ...command.services.map((service) => services.probe(service, signal)),
      ]);
      return {
        type: 'observed',
        at: clock.now(),
        ...figures,
        ...(past === undefined ? {} : { history: past }),
        health,
        ...(fresh && { baseline: fresh }),
      };
    }
    case 'verify': {
      const subject = { plan, workload: command.workload, via: 'router' as const, since: command.since };
      const checks = await verifier.verify(subject, command.checks, signal);
      return { type: 'verified', at: clock.now(), checks };
    }
    case 'publish':
      await publisher.publish(state, command.outcome, signal);
      return { type: 'published', at: clock.now() };
    case 'stop':
      await Promise.all(command.workloads.map((workload) => runtime.stop(workload, signal)));
      return { type: 'stopped', at: clock.now() };
  }
}

/** What the judge takes from the time before the step; without it, it assumes the worse. */
function historyOf(
  { judge }: Plan,
  query: { project: string; environment: string; until: Instant },
  { clock, metrics }: RolloutPorts,
  signal: AbortSignal,
): Promise<Dispersion | null> {
  const read = within({ name: 'history', limit: readingLimit }, clock, signal, (scope) =>
    metrics.history(query, scope),
  );
  return read.then(
    (cells) => readHistory(judge, cells),
    () => null,
  );
}

const unmeasured = (from: Instant, thrown: unknown) => ({
  interval: { from, to: from, slots: [], layout: noLatencies },
  missing: toProblem(thrown),
});
