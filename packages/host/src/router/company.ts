import { sluiceError } from '@sluice/core';
import { bucketsWithin, type Bucket } from './bucket';
import type { Companion } from './companion';
import type { Estate } from './estate';
import type { Limits } from './limits';
import { mergeBuckets } from './merge-buckets';
import { keyOf, sameShare, type Place, type Route } from './route';
import type { Listing, SocketSource, Table } from './table';

/** What a control socket offers: the routes as all processes together serve them. */
export interface Service {
  put(route: Route): Promise<{ saved: boolean }>;
  remove(place: Place): Promise<void>;
  list(): Promise<Listing[]>;
  /** The closed buckets in the span; `undefined` for a route that is not there. */
  figures(place: Place, span: { from: number; to: number }): Promise<Bucket[] | undefined>;
}

export interface Company {
  /** For callers that know nothing of other processes. `ROUTER_REPLACED` after `handOver`: then they should ask anew. */
  readonly outer: Service;
  /** For the process that everything was handed over to. */
  readonly inner: Service;
  join(companion: Companion): void;
  /** Adds one that serves the same routes from now on: none of them changes until it does. */
  enrol(enrolled: () => Companion, give: (routes: Route[], socketOf: SocketSource) => Promise<void>): Promise<void>;
  /** See `Table`. */
  handOver(give: (estates: Estate[], socketOf: SocketSource) => Promise<void>): Promise<{ left: Promise<Estate[]> }>;
}

/** Where the split changes, buckets of several processes end so close to each other. */
const margin = 5_000;

/** One router out of the processes that serve its connections: this one, its workers, and those that leave. */
export function createCompany(table: Table, limits: Pick<Limits, 'retention'>): Company {
  const companions = new Set<Companion>();
  let isReplaced = false;
  /** So that figures that are asked for after a change of the split are those of processes that all know it. */
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = last.then(() => {
      if (isReplaced) throw sluiceError('ROUTER_REPLACED', {});
      return act();
    });
    last = result.catch(() => undefined);
    return result;
  }

  const withAll = (ask: (companion: Companion) => Promise<unknown>) => Promise.all([...companions].map(ask));
  const othersOf = (place: Place, from = -Infinity) =>
    [...companions].flatMap((companion) => companion.figures(place, from));

  const withOthers = (estate: Estate): Estate => ({
    ...estate,
    buckets: mergeBuckets(estate.buckets, othersOf(estate.route)),
  });

  const inner: Service = {
    async put(route) {
      const answer = await table.put(route);
      await withAll((companion) => companion.put(route));
      return answer;
    },

    async remove(place) {
      await Promise.all([table.remove(place), withAll((companion) => companion.remove(place))]);
    },

    list: () =>
      Promise.all(
        table.list().map(async (listing) => {
          const others = await Promise.all([...companions].map((companion) => companion.inFlight(listing.route)));
          return { ...listing, inFlight: addInFlight([listing.inFlight, ...others].flat()) };
        }),
      ),

    async figures(place, { from, to }) {
      // first, so that the others, asked later, have closed all that this one has
      const own = table.figures(place, from - margin);
      await withAll((companion) => companion.refresh(place));
      const others = othersOf(place, from - margin);
      if (own === undefined || others.length === 0) return own && bucketsWithin(own, from, to);
      const route = table.list().find((listing) => keyOf(listing.route) === keyOf(place))?.route;
      return bucketsWithin(mergeBuckets(own, others, route), from, to);
    },
  };

  function join(companion: Companion): void {
    companions.add(companion);
    void companion.gone.then(() => setTimeout(() => companions.delete(companion), limits.retention).unref());
  }

  return {
    inner,
    outer: {
      put: (route) => inTurn(() => inner.put(route)),
      // not waited for by others: it takes as long as its requests do
      remove: (place) => inTurn(async () => ({ removed: inner.remove(place) })).then(({ removed }) => removed),
      list: () => inTurn(() => inner.list()),
      figures: (place, span) => inTurn(() => inner.figures(place, span)),
    },

    join,

    enrol: (enrolled, give) =>
      inTurn(async () => {
        const routes = table.list().filter(({ listening }) => listening);
        await give(
          routes.map(({ route }) => route),
          table.socketOf,
        );
        join(enrolled());
      }),

    handOver: (give) =>
      inTurn(async () => {
        const { left } = await table.handOver((estates, socketOf) => give(estates.map(withOthers), socketOf));
        isReplaced = true;
        for (const companion of companions) companion.forget();
        // a router that was replaced by this one, and still has connections, tells its figures through this one
        return { left: Promise.all([left, withAll(({ gone }) => gone)]).then(([estates]) => estates.map(withOthers)) };
      }),
  };
}

function addInFlight(shares: Listing['inFlight']): Listing['inFlight'] {
  const sums: Listing['inFlight'] = [];
  for (const share of shares) {
    const sum = sums.find((known) => sameShare(known, share));
    if (sum) sum.requests += share.requests;
    else sums.push({ ...share });
  }
  return sums;
}
