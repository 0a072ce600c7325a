import { join } from 'node:path';
import { isSameWorkload, workloadIn, type Instant, type Route, type TrafficRouter, type Workload } from '@sluice/core';
import type { RouterClient } from '../router/client';
import type { Route as RouterRoute } from '../router/route';
import { encodeName } from '../supervisor/log-file';

export interface Traffic extends TrafficRouter {
  /** The instances of a workload changed: a route that names it is told their new addresses, the split stays. */
  refresh(workload: Workload): Promise<void>;
  /**
   * Tells the router all addresses again: it may have been gone, or this controller is new and takes over its table.
   * `expected` are the routes that there should be: one that the router has lost is put in force again.
   */
  restore(expected: Route[]): Promise<void>;
  /** Requests that instances of the release are working on. */
  inFlight(workload: Workload, signal: AbortSignal): Promise<number>;
}

/** What every route gets: how the router knows requests of Sluice's own, those of testers, and clients. */
interface Keys {
  syntheticToken: string;
  secret: string;
  /** Where access logs are. */
  logFolder: string;
}

type Place = Pick<Route, 'project' | 'environment'>;
type Endpoints = (workload: Workload) => { id: string; host: string; port: number }[];

/** What nobody waits for is given up after so long: it is done again when the router answers. */
const limit = 10_000;

/**
 * Moves traffic by the embedded router: core's routes name releases, the router's name the addresses of instances. What is
 * in force is always asked of the router, so that newer addresses never move the split, whatever became of an `apply`.
 */
export function createTraffic(router: RouterClient, endpoints: Endpoints, { logFolder, ...keys }: Keys): Traffic {
  const turns = new Map<string, Promise<unknown>>();

  /** Changes of one route, one after the other: what comes later at the router was read later. */
  function inTurn<T>({ project, environment }: Place, change: () => Promise<T>): Promise<T> {
    const key = JSON.stringify([project, environment]);
    const result = (turns.get(key) ?? Promise.resolve()).then(change);
    turns.set(
      key,
      result.catch(() => undefined),
    );
    return result;
  }

  async function inForce({ project, environment }: Place, signal: AbortSignal): Promise<RouterRoute | null> {
    const { routes } = await router.routes(signal);
    const found = routes.find(({ route }) => route.project === project && route.environment === environment);
    return found?.route ?? null;
  }

  /** A table with newer addresses for the same split has a higher revision. */
  async function send(route: Route, before: RouterRoute | null, signal: AbortSignal): Promise<Instant> {
    const { settings, ...split } = route;
    const { generation, sequence } = split;
    const isSame = before?.generation === generation && before.sequence === sequence;
    const slots = route.slots.map((slot) => ({
      ...slot,
      instances: endpoints(workloadIn(route, slot)),
    }));
    const revision = isSame ? before.revision + 1 : 0;
    const fields = fieldsOf(settings, accessLogFile(logFolder, route));
    const { now } = await router.put({ ...split, ...fields, ...keys, slots, revision }, signal);
    return now ?? timeOf(signal);
  }

  const timeOf = async (signal: AbortSignal): Promise<Instant> => (await router.health(signal)).now;

  const readdress = (place: Place, wanted: (route: Route) => boolean): Promise<void> =>
    inTurn(place, async () => {
      const signal = AbortSignal.timeout(limit);
      const before = await inForce(place, signal);
      const route = before && toRoute(before);
      if (route && wanted(route)) await send(route, before, signal);
    });

  return {
    apply: (route, signal) =>
      inTurn(route, async () => {
        if (route.slots.length > 0) return send(route, await inForce(route, signal), signal);
        await router.remove(route.project, route.environment, signal);
        return timeOf(signal);
      }),

    async read(project, environment, signal) {
      const found = await inForce({ project, environment }, signal);
      return found && toRoute(found);
    },

    refresh: (workload) =>
      readdress(workload, (route) => route.slots.some((slot) => isSameWorkload(workloadIn(route, slot), workload))),

    async restore(expected) {
      const signal = AbortSignal.timeout(limit);
      const { routes } = await router.routes(signal);
      const bringBack = (route: Route) =>
        inTurn(route, async () => {
          const isLost = route.slots.length > 0 && (await inForce(route, signal)) === null;
          if (isLost) await send(route, null, signal);
        });
      await Promise.all([...routes.map(({ route }) => readdress(route, () => true)), ...expected.map(bringBack)]);
    },

    async inFlight(workload, signal) {
      const { routes } = await router.routes(signal);
      return routes
        .flatMap(({ route, inFlight }) => inFlight.map((share) => ({ ...share, workload: workloadIn(route, share) })))
        .filter((share) => isSameWorkload(share.workload, workload))
        .reduce((sum, share) => sum + share.requests, 0);
    },
  };
}

const accessLogFile = (folder: string, { project, environment }: Place): string =>
  join(folder, `access-${encodeName(project)}-${encodeName(environment)}.jsonl`);

/** Settings as the router has them. */
const fieldsOf = (settings: Route['settings'], logFile: string) =>
  settings && { sticky: settings.sticky, limits: settings.limits, ...(settings.accessLog && { accessLog: logFile }) };

/** The router's route without addresses. */
function toRoute({
  project,
  environment,
  host,
  port,
  generation,
  sequence,
  slots,
  rollout,
  metrics,
  ...rest
}: RouterRoute): Route {
  const split = slots.map(({ slot, release, weight }) => ({ slot, release, weight }));
  const { sticky = false, accessLog, limits } = rest;
  const settings = limits && { sticky, accessLog: accessLog !== undefined, limits };
  const numbers = { generation, sequence, ...(rollout !== undefined && { rollout }), ...(metrics && { metrics }) };
  return { project, environment, host, port, ...numbers, slots: split, ...(settings && { settings }) };
}
