import type { MetricKind } from '@sluice/core';
import { bucketsWithin, spanFrom, spansUntil, type Bucket, type Span } from './bucket';
import type { Clock } from './clock';
import type { FiguresEstate } from './estate';
import type { RawHeaders } from './headers';
import { keepBucket, recallBucket, type KeptBucket } from './kept-bucket';
import type { Limits } from './limits';
import type { Account, Minutes } from './minutes';
import { sameShare, type Route, type Share } from './route';
import { readServerTiming } from './server-timing';
import { createTally, readTally, recordLatency, recordTold, resetTally, type Tally } from './tally';

/**
 * The account of one request that was given to one slot. `end` is called once, last; of those that say what became of it
 * one, or none.
 */
export interface Ticket {
  /** The instance is asked now: what comes of it is in its history. */
  sentTo(instance: string): void;
  /** It was not reached, and has nothing to do with the request. */
  unreached(): void;
  /** Response headers arrived, `latency` ms after the request: `headers`, as they came. */
  answered(status: number, latency: number, headers?: RawHeaders): void;
  /** The client gets a 5xx from the router, or the request went to another slot because this one failed it. */
  failed(): void;
  /**
   * The client left after `latency` ms without an answer. That is no error of the instance, but it is a request, and
   * how long the client waited is the least that the answer would have taken: else the slowest answers, those that
   * clients don't wait for, would be the ones that no figure shows.
   */
  left(latency: number): void;
  /** After `answered`: the instance broke off its response. */
  broke(): void;
  /** The instance is done with the request. */
  end(): void;
}

export interface Figures {
  begin(share: Share, synthetic: boolean): Ticket;
  /** Closes the open bucket: what happens from now on belongs to this route. */
  cut(route: Route): void;
  /** The closed buckets that lie in `[from, to]` as a whole. */
  within(from: number, to: number): Bucket[];
  /** Closes the open bucket and gives all that are kept, for another process to go on from there. */
  estate(): FiguresEstate;
  /** What the last estate held is another process's to tell of from now on. */
  forget(): void;
  /** What is in flight now, for every slot and release of the route, and those of earlier routes until they are done. */
  inFlight(): (Share & { requests: number })[];
}

/** The slot whose instances have a history. */
const remembered = 'stable';

/** What answers are to tell of themselves, by name. */
const wantedBy = ({ metrics = {} }: Route): ReadonlyMap<string, MetricKind> => new Map(Object.entries(metrics));

/**
 * Measures one route. Buckets are closed when something happens after their end, not by a timer: since nothing happened
 * in between, their figures, `inFlight` included, are what they were at their end.
 */
export function createFigures(
  first: Route,
  clock: Clock,
  limits: Pick<Limits, 'bucket' | 'retention'>,
  minutes: Minutes,
  inherited?: FiguresEstate,
): Figures {
  let route = first;
  let wanted = wantedBy(first);
  let open: Span = spanFrom(inherited?.until ?? clock(), limits.bucket);
  let tallies: Tally[] = route.slots.map(createTally);
  let closed: KeptBucket[] = (inherited?.buckets ?? []).map(keepBucket);
  let given: ReadonlySet<KeptBucket> = new Set();

  const inRoute = (tally: Tally) => route.slots.some((slot) => sameShare(slot, tally.share));

  function close(span: Span): void {
    const { generation, sequence } = route;
    const slots = tallies.filter((tally) => inRoute(tally) || tally.requests + tally.inFlight > 0).map(readTally);
    closed.push(keepBucket({ ...span, generation, sequence, slots }));
    tallies.forEach(resetTally);
    tallies = tallies.filter((tally) => inRoute(tally) || tally.inFlight > 0);
  }

  function advance(): number {
    const now = clock();
    if (now < open.to) return now;
    minutes.advance(now);
    const forgotten = now - limits.retention;
    if (open.to < forgotten) {
      close(open);
      open = spanFrom(forgotten - (forgotten % limits.bucket), limits.bucket);
    }
    const spans = spansUntil(open, now, limits.bucket);
    spans.ended.forEach(close);
    open = spans.open;
    const oldest = closed.findIndex((bucket) => bucket.to >= forgotten);
    if (oldest > 0) closed = closed.slice(oldest);
    return now;
  }

  /** Ends the open bucket before its time; another one is to be opened where it ends. */
  function closeEarly(): number {
    const now = advance();
    if (now > open.from || tallies.some((tally) => tally.requests > 0)) close({ from: open.from, to: now });
    return now;
  }

  function tallyOf(share: Share): Tally {
    const known = tallies.find((tally) => sameShare(tally.share, share));
    if (known !== undefined) return known;
    const tally = createTally(share);
    tallies.push(tally);
    return tally;
  }

  function begin(share: Share, synthetic: boolean): Ticket {
    advance();
    // a tally outlives its bucket for as long as anything is in flight on it, so the ticket may hold on to it
    const tally = tallyOf(share);
    tally.inFlight += 1;
    let counted: { bucket: Span; error: boolean; account: Account | undefined } | undefined;
    let instance: string | undefined;
    let before: string | undefined;

    const countRequest = () => {
      tally.requests += 1;
      if (synthetic) tally.synthetic.requests += 1;
    };
    const countError = () => {
      tally.errors += 1;
      if (synthetic) tally.synthetic.errors += 1;
    };
    const remember = (now: number, latency?: number) =>
      instance === undefined || share.slot !== remembered ? undefined : minutes.count(now, instance, latency);
    const rememberError = (now: number, account: Account | undefined) => {
      if (account !== undefined) minutes.fail(now, account);
    };

    return {
      sentTo(next) {
        before = instance;
        instance = next;
      },
      unreached() {
        instance = before;
      },
      answered(status, latency, headers) {
        const now = advance();
        countRequest();
        recordLatency(tally, latency);
        if (headers !== undefined && wanted.size > 0)
          readServerTiming(headers, wanted, (name, kind, amount) => recordTold(tally, name, kind, amount));
        counted = { bucket: open, error: status >= 500, account: remember(now, latency) };
        if (!counted.error) return;
        countError();
        rememberError(now, counted.account);
      },
      failed() {
        const now = advance();
        countRequest();
        countError();
        rememberError(now, remember(now));
      },
      left(latency) {
        const now = advance();
        countRequest();
        recordLatency(tally, latency);
        remember(now, latency);
      },
      broke() {
        const now = advance();
        if (counted?.error === true) return;
        // its bucket is closed: count it once more, so that no bucket has more errors than requests
        if (counted?.bucket !== open) countRequest();
        countError();
        rememberError(now, counted?.account);
      },
      end() {
        advance();
        tally.inFlight -= 1;
      },
    };
  }

  return {
    begin,
    cut(next) {
      const now = closeEarly();
      route = next;
      wanted = wantedBy(next);
      tallies = tallies.filter((tally) => inRoute(tally) || tally.inFlight > 0);
      route.slots.forEach(tallyOf);
      open = spanFrom(now, limits.bucket);
    },
    within(from, to) {
      advance();
      return bucketsWithin(closed, from, to).map(recallBucket);
    },
    estate() {
      open = spanFrom(closeEarly(), limits.bucket);
      given = new Set(closed);
      return { until: open.from, buckets: closed.map(recallBucket) };
    },
    forget() {
      closed = closed.filter((bucket) => !given.has(bucket));
      given = new Set();
    },
    inFlight: () =>
      tallies
        .filter((tally) => inRoute(tally) || tally.inFlight > 0)
        .map(({ share, inFlight }) => ({ ...share, requests: inFlight })),
  };
}
