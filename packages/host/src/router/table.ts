import { Refusal } from '../control/refusal';
import type { Bucket } from './bucket';
import type { Clock } from './clock';
import { exchange } from './exchange';
import type { Limits } from './limits';
import { listen, type Listener } from './listener';
import { createLiveRoute, type LiveRoute } from './live-route';
import { fence, type Route, type Share } from './route';
import { loadRoutes, saveRoutes } from './route-file';

export interface Listing {
  route: Route;
  /** False when the port was taken as the router started; applying the route again tries again. */
  listening: boolean;
  /** For every slot of the route, and releases of earlier ones that are not done yet. */
  inFlight: (Share & { requests: number })[];
}

/** The routes that the router serves. */
export interface Table {
  /** Serves what was saved before. */
  restore(): Promise<void>;
  /**
   * Resolves when the route is in force. It is so before it is saved, since going back must work with a full disk:
   * `saved` tells whether a restarted router would know it.
   * @throws Refusal `ROUTE_STALE`, `ROUTE_CONFLICT`, `PORT_IN_USE`, `LISTEN_FAILED`, `ROUTER_STOPPING`
   */
  put(route: Route): Promise<{ saved: boolean }>;
  /** Resolves when the requests in flight are done. Removing what is not there is no error. */
  remove(project: string, environment: string): Promise<void>;
  list(): Listing[];
  /** @returns `undefined` for a route that is not there */
  figures(project: string, environment: string, span: { from: number; to: number }): Bucket[] | undefined;
  /** Stops accepting and drains; what is saved stays. */
  close(): Promise<void>;
}

interface Entry {
  live: LiveRoute;
  listener: Listener | undefined;
}

const keyOf = (project: string, environment: string) => JSON.stringify([project, environment]);

export function createTable(file: string, clock: Clock, limits: Limits): Table {
  const entries = new Map<string, Entry>();
  /** Changes happen one after another, or two could pass the fence at once. */
  let last: Promise<unknown> = Promise.resolve();
  let saved = true;
  let stopping = false;

  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = last.then(change);
    last = result.catch(() => undefined);
    return result;
  }

  const open = (live: LiveRoute, { host, port }: Route) =>
    listen(host, port, limits, (request, response) => {
      exchange(live, request, response, limits).catch((error: unknown) => {
        console.error('exchange:', error);
        response.destroy();
      });
    });

  async function save(): Promise<void> {
    try {
      await saveRoutes(
        file,
        [...entries.values()].map(({ live }) => live.route()),
      );
      saved = true;
    } catch (error) {
      saved = false;
      console.error(`The routes could not be saved to ${file}:`, error);
    }
  }

  async function apply(route: Route): Promise<{ saved: boolean }> {
    if (stopping) {
      throw new Refusal(503, 'ROUTER_STOPPING', 'The router is shutting down.', 'Apply the route to the next one.');
    }
    const key = keyOf(route.project, route.environment);
    const entry = entries.get(key);
    const order = fence(entry?.live.route(), route);
    if (entry !== undefined && (order === 'stale' || order === 'conflict')) throw outranked(order, entry, route);
    if (order === 'same' && entry?.listener !== undefined && saved) return { saved };

    const live = entry?.live ?? createLiveRoute(route, clock, limits);
    const former = entry?.listener;
    const moved = former === undefined || former.host !== route.host || former.port !== route.port;
    const listener = moved ? await open(live, route) : former;
    if (order === 'newer' && entry !== undefined) live.apply(route);
    entries.set(key, { live, listener });
    if (moved) void former?.stop();
    await save();
    return { saved };
  }

  return {
    restore: () =>
      inTurn(async () => {
        const { routes, problem } = await loadRoutes(file);
        if (problem !== null) console.error(problem);
        for (const route of routes) {
          const live = createLiveRoute(route, clock, limits);
          const listener = await open(live, route).catch((error: unknown) => {
            console.error(`${route.project} in ${route.environment} is not served:`, error);
            return undefined;
          });
          entries.set(keyOf(route.project, route.environment), { live, listener });
        }
      }),

    put: (route) => inTurn(() => apply(route)),

    async remove(project, environment) {
      const removed = await inTurn(async () => {
        const entry = entries.get(keyOf(project, environment));
        if (entry === undefined) return undefined;
        entries.delete(keyOf(project, environment));
        const drained = entry.listener?.stop(); // has stopped to accept when this returns
        await save();
        return { live: entry.live, drained };
      });
      await removed?.drained;
      await removed?.live.close();
    },

    list: () =>
      [...entries.values()].map(({ live, listener }) => ({
        route: live.route(),
        listening: listener !== undefined,
        inFlight: live.figures.inFlight(),
      })),

    figures: (project, environment, { from, to }) =>
      entries.get(keyOf(project, environment))?.live.figures.within(from, to),

    async close() {
      stopping = true;
      await inTurn(() => Promise.all([...entries.values()].flatMap(({ listener }) => listener?.stop() ?? [])));
      await Promise.all([...entries.values()].map(({ live }) => live.close()));
    },
  };
}

function outranked(order: 'stale' | 'conflict', { live }: Entry, given: Route): Refusal {
  const { generation, sequence } = live.route();
  if (order === 'conflict') {
    const message = `Another route with generation ${generation}, sequence ${sequence} is in force.`;
    return new Refusal(409, 'ROUTE_CONFLICT', message, 'Use a higher sequence for a changed route.');
  }
  const message =
    `A route with generation ${generation}, sequence ${sequence} is in force, ` +
    `later than generation ${given.generation}, sequence ${given.sequence}.`;
  return new Refusal(409, 'ROUTE_STALE', message, 'Nothing to do: an older writer was refused.');
}
