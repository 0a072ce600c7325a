import type { Scenario } from '@sluice/core';
import type { Client, Options, Request } from 'autocannon';
import { pace } from './pace';
import { startTally, type Connection, type Volley } from './load-tally';

export interface Target {
  /** `http://127.0.0.1:4000` */
  baseUrl: string;
  scenarios: readonly Scenario[];
  connections: number;
  /** Requests a second over all connections; as fast as it goes without. */
  rate?: number | undefined;
}

/** Intervals of a run, which are kept for a comparison. */
const parts = 20;

export interface Salvo extends Volley {
  /** Answers by scenario, in their order. */
  byScenario: number[];
}

/**
 * Loads the target for `duration` ms with autocannon and counts what came of it. Each connection goes through the
 * scenarios in turn, from another one on, so that all are sent from the beginning. Ends early when there is no hope.
 * Rejects with the signal's reason, when the last connection is closed.
 */
export async function fire(target: Target, duration: number, signal: AbortSignal): Promise<Salvo> {
  const { default: autocannon } = await import('autocannon');
  signal.throwIfAborted();
  const { connections, rate } = target;
  const interval = rate ? (1000 * connections) / rate : null;
  const begun = performance.now();
  const tally = startTally(() => performance.now(), interval, duration / parts);
  const requests = target.scenarios.map(requestOf);
  const byScenario = requests.map(() => 0);
  let opened = 0;
  let stop = () => {};
  const options: Options = {
    url: target.baseUrl,
    connections,
    duration: duration / 1000,
    sampleInt: 100, // ms between two looks at whether it is over
    setupClient: (client) => {
      const nth = opened++;
      const first = nth % requests.length;
      client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
      const connection = tally.connect();
      let since: number | undefined;
      if (interval !== null) {
        pace(client, { first: begun + (nth * interval) / connections, interval }, (at) => (since = at));
      }
      listen(client, connection, {
        sent: () => {
          connection.sent(since);
          if (tally.isHopeless()) stop();
        },
        answered: (turn) => {
          const at = (first + turn) % requests.length;
          byScenario[at] = (byScenario[at] ?? 0) + 1;
        },
      });
    },
  };
  const abort = () => stop();
  try {
    await new Promise<void>((settle, refuse) => {
      const instance = autocannon(options, (error: unknown) => {
        if (error) refuse(error instanceof Error ? error : new Error('autocannon could not start'));
        else settle();
      });
      stop = () => instance.stop();
      signal.addEventListener('abort', abort, { once: true });
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
  signal.throwIfAborted();
  const volley = tally.close();
  return { ...volley, intervals: volley.intervals.slice(0, parts), byScenario };
}

const requestOf = ({ method, path, headers, body }: Scenario): Request => ({
  ...{ method, path, headers },
  ...(body === undefined ? {} : { body }),
});

interface Listener {
  sent(): void;
  /** Which of the connection's requests was answered, from 0. */
  answered(nth: number): void;
}

/** autocannon's events; by `addListener`, for its types know only some of them. */
function listen(client: Client, connection: Connection, listener: Listener): void {
  let sent = 0;
  client.addListener('request', () => {
    sent += 1;
    listener.sent();
  });
  client.addListener('headers', (head: unknown) => connection.head(isLast(head)));
  client.addListener('response', (status: number) => {
    connection.answer(status);
    listener.answered(sent - 1);
  });
}

const isLast = (head: unknown): boolean =>
  typeof head === 'object' && head !== null && 'shouldKeepAlive' in head && head.shouldKeepAlive === false;
