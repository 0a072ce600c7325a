import { type Instant, type Route, type TrafficRouter, type Workload } from '@sluice/core';
import type { RouterClient } from '../router/client';
import type { Route as RouterRoute } from '../router/route';

export interface Traffic extends TrafficRouter {
  /** The instances of a workload changed: routes that name it are told their new addresses, the split stays. */
  refresh(workload: Workload): Promise<void>;
  /** Tells the router all addresses again: it may have been gone, or this controller is new and takes over its table. */
  restore(): Promise<void>;
  /** Requests that instances of the release are working on. */
  inFlight(workload: Workload, signal: AbortSignal): Promise<number>;
}

type Endpoints = (workload: Workload) => { id: string; host: string; port: number }[];

/** Moves traffic by the embedded router: core's routes name releases, the router's name the addresses of instances. */
export function createTraffic(
  router: RouterClient,
  endpoints: Endpoints,
  syntheticToken: string,
  now: () => Instant,
): Traffic {
  const applied = new Map<string, Route>();
  let revision = 0;

  /** Tables with newer addresses for the same split come later: the clock orders them over restarts of the controller. */
  const nextRevision = () => (revision = Math.max(revision + 1, now()));

  const send = (route: Route, signal?: AbortSignal) => {
    const { project, environment } = route;
    const slots = route.slots.map((slot) => ({
      ...slot,
      instances: endpoints({ project, environment, release: slot.release }),
    }));
    return router.put({ ...route, slots, syntheticToken, revision: nextRevision() }, signal);
  };

  return {
    async apply(route, signal) {
      const key = `${route.project}/${route.environment}`;
      if (route.slots.length === 0) {
        applied.delete(key);
        await router.remove(route.project, route.environment, signal);
        return;
      }
      applied.set(key, route);
      await send(route, signal);
    },

    async read(project, environment, signal) {
      const { routes } = await router.routes(signal);
      const found = routes.find(({ route }) => route.project === project && route.environment === environment);
      return found ? toRoute(found.route) : null;
    },

    async refresh(workload) {
      const route = applied.get(`${workload.project}/${workload.environment}`);
      if (route?.slots.some(({ release }) => release === workload.release)) await send(route);
    },

    async restore() {
      const { routes } = await router.routes();
      for (const { route } of routes) {
        const key = `${route.project}/${route.environment}`;
        if (!applied.has(key)) applied.set(key, toRoute(route));
      }
      await Promise.all([...applied.values()].map((route) => send(route)));
    },

    async inFlight({ project, environment, release }, signal) {
      const { routes } = await router.routes(signal);
      return routes
        .filter(({ route }) => route.project === project && route.environment === environment)
        .flatMap((listing) => listing.inFlight)
        .filter((share) => share.release === release)
        .reduce((sum, share) => sum + share.requests, 0);
    },
  };
}

/** The router's route without addresses. */
function toRoute({ project, environment, host, port, generation, sequence, slots }: RouterRoute): Route {
  const split = slots.map(({ slot, release, weight }) => ({ slot, release, weight }));
  return { project, environment, host, port, generation, sequence, slots: split };
}
