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
  /** Some of its workers take a route and some do not, so that no call succeeds and both routes serve. */
  isPartial: boolean;
}

/** Orders routes as a real router does. `onApply` is told of each before it is in force. */
export function simulatedRouter(clock: Clock, onApply: (route: Route) => void = () => undefined): SimulatedRouter {
  const histories = new Map<string, RouteInForce[]>();
  const keyOf = (project: string, environment: string) => `${environment}/${project}`;
  const historyOf = (project: string, environment: string) => histories.get(keyOf(project, environment)) ?? [];

  const place = (route: Route): void => {
    const { project, environment } = route;
    const history = [...historyOf(project, environment), { at: clock.now(), route }];
    histories.set(keyOf(project, environment), history);
  };

  const router: SimulatedRouter = {
    place,
    takenPorts: new Set(),
    delay: 0,
    outage: null,
    isPartial: false,
    history: historyOf,

    async apply(route, signal) {
      signal.throwIfAborted();
      if (router.delay > 0) await clock.sleepUntil(clock.now() + router.delay, signal);
      if (router.outage) throw router.outage;
      const { project, environment, port } = route;
      const current = historyOf(project, environment).at(-1)?.route;
      const order = current ? compare(route, current) : 1;
      if (current && order < 0)
        throw sluiceError('ROUTE_STALE', { given: versionOf(route), applied: versionOf(current) });
      if (order === 0) return clock.now();
      if (route.slots.length > 0 && router.takenPorts.has(port) && current?.port !== port)
        throw sluiceError('PORT_IN_USE', { port, environment });
      onApply(route);
      if (router.isPartial) {
        if (current) place({ ...current, slots: halfway(current, route) });
        throw new Error('one of two workers does not answer');
      }
      place(route);
      return clock.now();
    },

    async read(project, environment, signal) {
      signal.throwIfAborted();
      if (router.outage) throw router.outage;
      return historyOf(project, environment).at(-1)?.route ?? null;
    },
  };
  return router;
}

/** What both routes together do with traffic. */
function halfway(before: Route, after: Route): Route['slots'] {
  const slots = [...before.slots, ...after.slots].map((slot) => ({ ...slot, weight: slot.weight / 2 }));
  const keys = new Set(slots.map(({ slot, release }) => `${slot}/${release}`));
  return [...keys].flatMap((key) => {
    const same = slots.filter(({ slot, release }) => `${slot}/${release}` === key);
    const [first] = same;
    return first ? [{ ...first, weight: same.reduce((sum, { weight }) => sum + weight, 0) }] : [];
  });
}

const compare = (a: Route, b: Route): number => a.generation - b.generation || a.sequence - b.sequence;
const versionOf = ({ generation, sequence }: Route): string => `${generation}.${sequence}`;
