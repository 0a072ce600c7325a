import { mergeHistograms, quantile, type Histogram, type LoadInterval } from '@sluice/core';

/** What a load run came to. Times in ms, rates in requests a second. */
export interface Volley {
  /** Requests whose fate is known: answered, lost, or stuck at the end. */
  requests: number;
  answered: number;
  /** Answered with a status from 400 on, lost with their connection, or stuck. */
  errors: number;
  /** Requests without an error, a second. */
  rate: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  /** No connection had an answer for the last stretch of the run, which was long for this service. */
  silent: boolean;
  /** The same in equal parts of the run, without a last one that was cut short. */
  intervals: LoadInterval[];
}

/** One connection of the load generator, as events. */
export interface Connection {
  /** `since`: when it was due, where it had to wait for the answer before; now without it. */
  sent(since?: number): void;
  /** The head of an answer; `last` when the server will close the connection after it. */
  head(last: boolean): void;
  answer(status: number): void;
}

export interface Tally {
  connect(): Connection;
  /** True once so much has failed that going on would only hurt. */
  isHopeless(): boolean;
  close(): Volley;
}

/** Milliseconds without an answer that are long, whatever the service. */
const longWait = 1_000;
const manyErrors = 1_000;

/**
 * Counts a load run from the events of its connections, since autocannon's own figures can't be relied on: it pairs
 * answers with the wrong requests once a connection was closed, does not count requests that were lost that way, and
 * corrects its latencies as if a request were due every millisecond.
 *
 * `interval` is the time between two requests of one connection at the intended rate, or `null` without one. A request that
 * had to wait for the answer before it is counted from when it was due, as in wrk2, so that a stall shows in all that it held
 * up (coordinated omission); what is held up at the end has waited that long at least. `part` is the length of `intervals`.
 */
export function startTally(now: () => number, interval: number | null, part = Infinity): Tally {
  const startedAt = now();
  const parts = new Map<number, Part>();
  const waiting = new Map<Connection, number>();
  let [answered, failedAnswers, lost, slowest, connections] = [0, 0, 0, 0, 0];

  const current = (): Part => {
    const at = Math.floor((now() - startedAt) / part);
    const found = parts.get(at) ?? { requests: 0, errors: 0, counts: new Map<number, number>() };
    parts.set(at, found);
    return found;
  };
  const record = (latency: number) => {
    const { counts } = current();
    const edge = edgeOf(latency);
    counts.set(edge, (counts.get(edge) ?? 0) + 1);
  };
  const count = (isError: boolean) => {
    const counted = current();
    counted.requests += 1;
    if (isError) counted.errors += 1;
  };

  const connect = (): Connection => {
    connections += 1;
    let closing = false;
    const connection: Connection = {
      sent(since = now()) {
        // a request that was written after the last answer of a closing connection never had a chance: no loss
        if (waiting.has(connection) && !closing) {
          lost += 1;
          count(true);
        }
        if (waiting.has(connection)) closing = false;
        waiting.set(connection, since);
      },
      head(last) {
        closing = last;
      },
      answer(status) {
        const sentAt = waiting.get(connection);
        if (sentAt === undefined) return;
        waiting.delete(connection);
        answered += 1;
        if (status >= 400) failedAnswers += 1;
        count(status >= 400);
        const latency = now() - sentAt;
        slowest = Math.max(slowest, latency);
        record(latency);
      },
    };
    return connection;
  };

  const close = (): Volley => {
    const endedAt = now();
    const long = Math.max(longWait, 2 * slowest);
    const waits = [...waiting.values()].map((sentAt) => endedAt - sentAt);
    const stuck = waits.filter((wait) => wait > long).length;
    const held = interval === null ? [] : waits.flatMap((wait) => heldUp(wait, interval));
    for (const wait of held) record(wait);
    const histogram = mergeHistograms([...parts.values()].map(({ counts }) => histogramOf(counts)));
    const whole = Math.floor((endedAt - startedAt) / part);
    return {
      requests: answered + lost + stuck,
      answered,
      errors: failedAnswers + lost + stuck,
      rate: (answered - failedAnswers) / (Math.max(1, endedAt - startedAt) / 1000),
      p50: quantile(histogram, 0.5),
      p95: quantile(histogram, 0.95),
      p99: quantile(histogram, 0.99),
      silent: connections > 0 && stuck === connections,
      intervals: Array.from({ length: whole }, (_, at) => {
        const { requests = 0, errors = 0, counts } = parts.get(at) ?? {};
        return { requests, errors, latency: counts ? histogramOf(counts) : [] };
      }),
    };
  };

  const isHopeless = () => {
    const errors = lost + failedAnswers;
    return errors >= manyErrors && errors > (answered + lost) / 2;
  };
  return { connect, isHopeless, close };
}

interface Part {
  requests: number;
  errors: number;
  counts: Map<number, number>;
}

const histogramOf = (counts: Part['counts']): Histogram => [...counts].sort(([a], [b]) => a - b);

/** How long a request without an answer has waited, and those that were due behind it. */
function heldUp(wait: number, interval: number): number[] {
  const count = Math.floor(wait / interval);
  return Array.from({ length: count }, (_, at) => wait - at * interval);
}

/** Three significant digits, rounded up: the error is below 1 %. */
function edgeOf(latency: number): number {
  const value = Math.max(latency, 0.01);
  const scale = 10 ** (2 - Math.floor(Math.log10(value)));
  return Math.ceil(value * scale) / scale;
}
