import { createAccessLog, type Access } from './access-log';
import type { Clock } from './clock';
import type { Estate } from './estate';
import { createFigures, type Figures } from './figures';
import type { HistoryFile } from './history-file';
import { limitsOf, type Limits } from './limits';
import { createMinutes } from './minutes';
import { sameShare, type Route, type Share } from './route';
import { nextInstance, nextTurn } from './split';
import { fromTheStart, type Begin } from './stagger';
import { cookieName } from './sticky';
import { openUpstream, upstreamKey, type Upstream } from './upstream';

/** Where a request is sent: an instance, and the slot and release that its figures belong to. */
export interface Seat {
  share: Share;
  upstream: Upstream;
}

/** A route in force, with the connections to its instances and its figures. */
export interface LiveRoute {
  readonly figures: Figures;
  /** The name of the cookie by which clients are known. */
  readonly cookie: string;
  route(): Route;
  /** Those of the route in force. */
  limits(): Limits;
  /** Puts a route in force. Whatever is chosen from now on is chosen by it; what is in flight goes on as it is. */
  apply(route: Route): void;
  /** Whose turn it is, by the split; `undefined` when nothing is served. */
  nextShare(): Share | undefined;
  /** A seat in this slot, by the route now in force. */
  seatOf(share: Share, tried: ReadonlySet<Upstream>): Seat | undefined;
  /** A seat in another slot that has a share of the traffic, the largest first. */
  elsewhere(share: Share, tried: ReadonlySet<Upstream>): Seat | undefined;
  /** Writes a request down where the route wants it. */
  log(access: () => Access): void;
  isSynthetic(token: string | string[] | undefined): boolean;
  /** For another process that is to go on from here. */
  estate(): Estate;
  /** Closes all connections when what is in flight on them is done. */
  close(): Promise<void>;
}

interface LiveSlot {
  share: Share;
  weight: number;
  upstreams: Upstream[];
  /** Counts the requests, for the round robin over its instances. */
  cursor: number;
}

const sameSplit = (one: Route, other: Route) =>
  one.slots.length === other.slots.length &&
  one.slots.every((slot, index) => {
    const counterpart = other.slots[index];
    return counterpart?.weight === slot.weight && sameShare(counterpart, slot);
  });

export function createLiveRoute(
  first: Route,
  clock: Clock,
  defaults: Limits,
  history: HistoryFile,
  inherited?: Estate,
  begin: Begin = fromTheStart,
): LiveRoute {
  const minutes = createMinutes(defaults.minute, history.write);
  const figures = createFigures(first, clock, defaults, minutes, inherited);
  const accessLog = createAccessLog();
  const closing = new Set<Promise<unknown>>();
  let upstreams = new Map<string, Upstream>();
  let route = first;
  let slots: LiveSlot[] = [];
  let limits = defaults;
  let weights: number[] = [];
  let credits: readonly number[] = inherited?.credits ?? [];

  function install(next: Route): void {
    limits = limitsOf(next, defaults);
    const kept = new Map<string, Upstream>();
    slots = next.slots.map(({ slot, release, weight, instances }) => ({
      share: { slot, release },
      weight,
      cursor: 0,
      upstreams: instances.map((instance) => {
        const key = upstreamKey(instance);
        const upstream =
          kept.get(key) ?? upstreams.get(key) ?? openUpstream(instance, () => limits.connect, limits.instanceIdle);
        kept.set(key, upstream);
        return upstream;
      }),
    }));
    // so that a canary still gets its turn where instances come and go faster than turns
    weights = slots.map(({ weight }) => weight);
    if (!sameSplit(route, next)) credits = begin(weights);
    route = next;
    for (const [key, upstream] of upstreams) if (!kept.has(key)) retire(upstream);
    upstreams = kept;
  }

  /** `Pool.close` lets what is in flight finish, however long it takes; what has left HTTP behind may never finish. */
  function retire({ pool, tunnels }: Upstream): void {
    setTimeout(() => tunnels.forEach((tunnel) => tunnel.destroy()), limits.drain).unref();
    const closed = pool.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  function seatIn(slot: LiveSlot, tried: ReadonlySet<Upstream>): Seat | undefined {
    const upstream = nextInstance(slot.upstreams, slot.cursor, performance.now(), tried);
    slot.cursor = (slot.cursor + 1) % Math.max(1, slot.upstreams.length);
    return upstream && { share: slot.share, upstream };
  }

  install(first);

  return {
    figures,
    cookie: cookieName(first),
    route: () => route,
    limits: () => limits,
    apply(next) {
      const isNewSplit = next.generation !== route.generation || next.sequence !== route.sequence;
      if (isNewSplit) figures.cut(next);
      install(next);
    },
    nextShare() {
      const turn = nextTurn(weights, credits);
      if (turn === undefined) return undefined;
      credits = turn.credits;
      return slots[turn.index]?.share;
    },
    seatOf(share, tried) {
      const slot = slots.find((candidate) => sameShare(candidate.share, share));
      return slot && seatIn(slot, tried);
    },
    elsewhere(share, tried) {
      const others = slots.filter((slot) => slot.weight > 0 && !sameShare(slot.share, share));
      for (const slot of others.sort((one, other) => other.weight - one.weight)) {
        const seat = seatIn(slot, tried);
        if (seat !== undefined) return seat;
      }
      return undefined;
    },
    estate() {
      minutes.end();
      return { route, credits, ...figures.estate() };
    },
    log(access) {
      if (route.accessLog !== undefined) accessLog.write(route.accessLog, access());
    },
    isSynthetic: (token) => route.syntheticToken !== undefined && token === route.syntheticToken,
    async close() {
      for (const upstream of upstreams.values()) retire(upstream);
      upstreams = new Map();
      await Promise.all([...closing, accessLog.flush()]);
      minutes.end();
      await history.flush();
    },
  };
}
