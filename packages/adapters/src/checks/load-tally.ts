import { quantile, type Histogram } from '@sluice/core';

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
}

/** One connection of the load generator, as events. */
export interface Connection {
  sent(): void;
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
 * `interval` is the time between two requests of one connection at the intended rate, or `null` without one. An answer
 * that took longer delayed the requests behind it, which are counted as having waited too (coordinated omission, as in
 * HdrHistogram's recordValueWithExpectedInterval).
 */
export function startTally(now: () => number, interval: number | null): Tally {
  const startedAt = now();
  const counts = new Map<number, number>();
  const waiting = new Map<Connection, number>();
  let [answered, failedAnswers, lost, slowest, connections] = [0, 0, 0, 0, 0];

  const record = (latency: number) => {
    const edge = edgeOf(latency);
    counts.set(edge, (counts.get(edge) ?? 0) + 1);
  };

  const connect = (): Connection => {
    connections += 1;
    let closing = false;
    const connection: Connection = {
      sent() {
        // a request that was written after the last answer of a closing connection never had a chance: no loss
        if (waiting.has(connection) && !closing) lost += 1;
        if (waiting.has(connection)) closing = false;
        waiting.set(connection, now());
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
        const latency = now() - sentAt;
        slowest = Math.max(slowest, latency);
        record(latency);
        if (interval === null) return;
        for (let behind = latency - interval; behind >= interval; behind -= interval) record(behind);
      },
    };
    return connection;
  };

  const close = (): Volley => {
    const endedAt = now();
    const long = Math.max(longWait, 2 * slowest);
    const stuck = [...waiting.values()].filter((sentAt) => endedAt - sentAt > long).length;
    const histogram: Histogram = [...counts].sort(([a], [b]) => a - b);
    return {
      requests: answered + lost + stuck,
      answered,
      errors: failedAnswers + lost + stuck,
      rate: (answered - failedAnswers) / (Math.max(1, endedAt - startedAt) / 1000),
      p50: quantile(histogram, 0.5),
      p95: quantile(histogram, 0.95),
      p99: quantile(histogram, 0.99),
      silent: connections > 0 && stuck === connections,
    };
  };

  const isHopeless = () => {
    const errors = lost + failedAnswers;
    return errors >= manyErrors && errors > (answered + lost) / 2;
  };
  return { connect, isHopeless, close };
}

/** Three significant digits, rounded up: the error is below 1 %. */
function edgeOf(latency: number): number {
  const value = Math.max(latency, 0.01);
  const scale = 10 ** (2 - Math.floor(Math.log10(value)));
  return Math.ceil(value * scale) / scale;
}
