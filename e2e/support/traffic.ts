import { Agent, get } from 'node:http';

/** One request, as the client saw it. Instants are in ms since the epoch. */
export interface Exchange {
  sentAt: number;
  endedAt: number;
  /** `null` when no whole answer came. */
  status: number | null;
  /** The `x-release` header. */
  release: string | null;
  error: string | null;
}

export interface Traffic {
  /** So far, those that have ended. */
  exchanges: readonly Exchange[];
  /** Sends no more, and resolves when every answer is there. */
  stop(): Promise<readonly Exchange[]>;
}

const perSecond = 25;
const seconds = 600;
const mostOpen = 50;

/** A steady load from outside over kept connections: 25 requests a second, at most ten minutes of it. */
export function startTraffic(url: string, paths = ['/', '/api/quote?items=3']): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: mostOpen });
  const exchanges: Exchange[] = [];
  const open = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;

  const send = (path: string) =>
    new Promise<void>((resolve) => {
      const exchange: Exchange = { sentAt: Date.now(), endedAt: 0, status: null, release: null, error: null };
      const end = (error: string | null) => {
        if (exchange.endedAt > 0) return;
        exchanges.push(Object.assign(exchange, { endedAt: Date.now(), error }));
        resolve();
      };
      const request = get(new URL(path, url), { agent, timeout: 10_000 }, (response) => {
        exchange.release = response.headers['x-release']?.toString() ?? null;
        response.resume().on('error', (error) => end(error.message));
        response.on('end', () => {
          exchange.status = response.statusCode ?? null;
          end(null);
        });
      });
      request.on('timeout', () => request.destroy(new Error('no answer within 10 s')));
      request.on('error', (error) => end(error.message));
    });

  const timer = setInterval(() => {
    const due = Math.min(Math.floor(((performance.now() - began) / 1000) * perSecond), perSecond * seconds);
    for (; sent < due && open.size < mostOpen; sent++) {
      const exchange = send(paths[sent % paths.length] ?? '/');
      open.add(exchange);
      void exchange.then(() => open.delete(exchange));
    }
    if (sent >= perSecond * seconds) clearInterval(timer);
  }, 1000 / perSecond);

  return {
    exchanges,
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
      return exchanges;
    },
  };
}

export const isLost = ({ status }: Exchange): boolean => status !== 200;

/** Resolves with the release that answers, or `null`. */
export const releaseAt = (url: string): Promise<string | null> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => (response.ok ? response.headers.get('x-release') : null),
    () => null,
  );
