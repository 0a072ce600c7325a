import type { Server } from 'node:net';
import { join } from 'node:path';
import { sluiceError, type SluiceError } from '@sluice/core';
import type { Bucket } from './bucket';
import type { Clock } from './clock';
import type { Estate } from './estate';
import { exchange } from './exchange';
import { createHistoryFile, historyFolder } from './history-file';
import type { Limits } from './limits';
import { listen, type Listener } from './listener';
import { createLiveRoute, type LiveRoute } from './live-route';
import { fence, keyOf, type Place, type Route, type Share } from './route';
import { loadRoutes, saveRoutes } from './route-file';
import type { Begin } from './stagger';

export interface Listing {
  route: Route;
  /** False when the port was taken as the router started; applying the route again tries again. */
  listening: boolean;
  /** For every slot of the route, and releases of earlier ones that are not done yet. */
  inFlight: (Share & { requests: number })[];
}

/** The listening socket of a route, from the process that has it; none for a route whose port was taken. */
export type SocketSource = (place: Place) => Promise<Server | undefined>;

/** The routes that this process serves. */
export interface Table {
  /** Serves what was saved before. */
  restore(): Promise<void>;
  /** Serves what another process served, from where it was. */
  inherit(estates: readonly Estate[], socketOf: SocketSource): Promise<void>;
  /**
   * Resolves when the route is in force. It is so before it is saved, since going back must work with a full disk:
   * `saved` tells whether a restarted router would know it.
   * @throws `ROUTE_STALE`, `ROUTE_CONFLICT`, `PORT_IN_USE`, `LISTEN_FAILED`, `ROUTER_STOPPING`
   */
  put(route: Route): Promise<{ saved: boolean }>;
  /** Resolves when the requests in flight are done. Removing what is not there is no error. */
  remove(place: Place): Promise<void>;
  list(): Listing[];
  readonly socketOf: SocketSource;
  /** All closed buckets that begin at `from` or later; `undefined` for a route that is not there. */
  figures(place: Place, from: number): Bucket[] | undefined;
  /**
   * Hands everything over. Nothing changes meanwhile; when `give` resolves, another process has it: then this table
   * accepts no more connections, and puts routes in force only for those that it has. When it rejects, nothing happened.
   * @returns resolves to the figures since then, when all connections have ended
   */
  handOver(give: (estates: Estate[], socketOf: SocketSource) => Promise<void>): Promise<{ left: Promise<Estate[]> }>;
  /** As after `handOver`, for a process that has nothing to hand over; resolves to all its figures. */
  leave(): Promise<Estate[]>;
  /** Stops accepting and drains; what is saved stays. */
  close(): Promise<void>;
}

/** Of a process that serves beside another one, which has the listening sockets and saves what is served. */
export interface Lead {
  socketOf: SocketSource;
  begin: Begin;
}

interface Entry {
  live: LiveRoute;
  listener: Listener | undefined;
}

/** @param dir folder of `routes.json` and of the history, which several processes may write to */
export function createTable(dir: string, clock: Clock, limits: Limits, lead?: Lead): Table {
  const file = join(dir, 'routes.json');
  const entries = new Map<string, Entry>();
  /** Changes happen one after another, or two could pass the fence at once. */
  let last: Promise<unknown> = Promise.resolve();
  let saved = true;
  let stopping = false;
  let handedOver = false;

  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = last.then(change);
    last = result.catch(() => undefined);
    return result;
  }

  function createLive(route: Route, estate?: Estate): LiveRoute {
    const history = createHistoryFile(historyFolder(dir, route), limits.minute);
    return createLiveRoute(route, clock, limits, history, estate, lead?.begin);
  }

  const open = (live: LiveRoute, route: Route, socket?: Server) =>
    listen(
      route,
      limits,
      (request, response) => {
        exchange(live, request, response).catch((error: unknown) => {
          console.error('exchange:', error);
          response.destroy();
        });
      },
      socket,
    );

  async function save(): Promise<void> {
    if (handedOver || lead) return;
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
    if (stopping) throw sluiceError('ROUTER_STOPPING', {});
    const key = keyOf(route);
    const entry = entries.get(key);
    const order = fence(entry?.live.route(), route);
    if (entry !== undefined && (order === 'stale' || order === 'conflict')) throw outranked(order, entry, route);
    if (handedOver) {
      if (order === 'newer') entry?.live.apply(route);
      return { saved };
    }
    if (order === 'same' && entry?.listener !== undefined && saved) return { saved };

    const live = entry?.live ?? createLive(route);
    const former = entry?.listener;
    const moved = former === undefined || former.host !== route.host || former.port !== route.port;
    const listener = moved ? await open(live, route, await lead?.socketOf(route)) : former;
    if (order === 'newer' && entry !== undefined) live.apply(route);
    listener.adjust(route);
    entries.set(key, { live, listener });
    if (moved) void former?.stop();
    await save();
    return { saved };
  }

  const socketOf: SocketSource = async (place) => entries.get(keyOf(place))?.listener?.socket;

  /** A port that was taken meanwhile keeps no other route from being served. */
  async function serve(live: LiveRoute, socket?: Server): Promise<void> {
    const route = live.route();
    const listener = await open(live, route, socket).catch((error: unknown) => {
      console.error(`${route.project} in ${route.environment} is not served:`, error);
      return undefined;
    });
    entries.set(keyOf(route), { live, listener });
  }

  function depart(): Promise<Estate[]> {
    handedOver = true;
    return Promise.all(
      [...entries.values()].map(async ({ live, listener }) => {
        await listener?.leave();
        await live.close();
        return live.estate();
      }),
    );
  }

  return {
    restore: () =>
      inTurn(async () => {
        const { routes, problem } = await loadRoutes(file);
        if (problem !== null) console.error(problem);
        for (const route of routes) await serve(createLive(route));
      }),

    inherit: (estates, socketOf) =>
      inTurn(async () => {
        for (const estate of estates) {
          const live = createLive(estate.route, estate);
          // Node accepts on a socket as soon as it comes: nothing may be awaited between that and listening to it
          await serve(live, await socketOf(estate.route));
        }
        await save();
      }),

    put: (route) => inTurn(() => apply(route)),

    async remove(place) {
      const removed = await inTurn(async () => {
        const entry = entries.get(keyOf(place));
        if (entry === undefined) return undefined;
        entries.delete(keyOf(place));
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

    socketOf,

    figures: (place, from) => entries.get(keyOf(place))?.live.figures.within(from, Infinity),

    handOver: (give) =>
      inTurn(async () => {
        if (stopping) throw sluiceError('ROUTER_STOPPING', {});
        const given = [...entries.values()].map((entry) => ({ ...entry, estate: entry.live.estate() }));
        await give(
          given.map(({ estate }) => estate),
          socketOf,
        );
        for (const { live } of given) live.figures.forget();
        return { left: depart() };
      }),

    leave: () => inTurn(async () => ({ left: depart() })).then(({ left }) => left),

    async close() {
      stopping = true;
      await inTurn(() => Promise.all([...entries.values()].flatMap(({ listener }) => listener?.stop() ?? [])));
      await Promise.all([...entries.values()].map(({ live }) => live.close()));
    },
  };
}

function outranked(order: 'stale' | 'conflict', { live }: Entry, given: Route): SluiceError {
  const applied = versionOf(live.route());
  return order === 'conflict'
    ? sluiceError('ROUTE_CONFLICT', { applied })
    : sluiceError('ROUTE_STALE', { given: versionOf(given), applied });
}

const versionOf = ({ generation, sequence }: Route) => `generation ${generation}, sequence ${sequence}`;
