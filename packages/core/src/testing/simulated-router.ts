import type { Instant } from '../analysis/figures';
import { sluiceError } from '../errors';
import type { Clock, TrafficRouter } from '../ports';
import type { Route } from '../rollout/model';

/** A route and when it came into force. */
export interface RouteInForce {
  at: Instant;
  route: Route;
}

export interface SimulatedRouter extends TrafficRouter {
  /** Every route that was in force, in order. */
  history(project: string, environment: string): readonly RouteInForce[];
  /** Puts a route in force without asking: what was live before the test. */
  place(route: Route): void;
  /** Ports that another process holds. */
  readonly takenPorts: Set<number>;
  /** Milliseconds from a call to its effect. */
  delay: number;
  /** While it is set, every call fails with it. */
  outage: Error | null;
}

/** Orders routes as a real router does. `onApply` is told of each before it is in force. */
export function simulatedRouter(clock: Clock, onApply: (route: Route) => void = () => undefined): SimulatedRouter {
  const histories = new Map<string, RouteInForce[]>();
  const keyOf = (project: string, environment: string) => JSON.stringify([project, environment]);
  const historyOf = (project: string, environment: string) => histories.get(keyOf(project, environment)) ?? [];

  const place = (route: Route): void => {
    const { project, environment } = route;
    const history = [...historyOf(project, environment), { at: clock.now(), route: structuredClone(route) }];
    histories.set(keyOf(project, environment), history);
  };

  const router: SimulatedRouter = {
    place,
    takenPorts: new Set(),
    delay: 0,
    outage: null,
    history: historyOf,

    async apply(route, signal) {
      signal.throwIfAborted();
      await clock.sleepUntil(clock.now() + router.delay, signal);
      if (router.outage) throw router.outage;
      const { project, environment, port } = route;
      const current = historyOf(project, environment).at(-1)?.route;
      const order = current ? compare(route, current) : 1;
      if (current && order < 0)
        throw sluiceError('ROUTE_STALE', { given: versionOf(route), applied: versionOf(current) });
      if (order === 0) return;
      if (router.takenPorts.has(port) && current?.port !== port)
        throw sluiceError('PORT_IN_USE', { port, environment });
      onApply(route);
      place(route);
    },

    async read(project, environment, signal) {
      signal.throwIfAborted();
      if (router.outage) throw router.outage;
      return structuredClone(historyOf(project, environment).at(-1)?.route ?? null);
    },
  };
  return router;
}

const compare = (a: Route, b: Route): number => a.generation - b.generation || a.sequence - b.sequence;
const versionOf = ({ generation, sequence }: Route): string => `${generation}.${sequence}`;
