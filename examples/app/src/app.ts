import type { Connection } from './database';
import { faults, type Fault } from './faults';
import { Metrics } from './metrics';
import { Pool } from './pool';
import { answerHealth, answerQuote, greet, text } from './routes';
import { HttpServer, type Route, type StopLimits } from './server';
import type { Settings } from './settings';
import type { World } from './world';

export interface App {
  /** Answers requests from now on, `/healthz` with 503. Resolves with the port. */
  listen: () => Promise<number>;
  /** Opens the first connection to the database, which makes the app healthy. */
  connect: () => Promise<void>;
  /** Stops accepting, and resolves once every request in flight has its answer. */
  stop: (limits?: StopLimits) => Promise<void>;
}

export function createApp(settings: Settings, world: World): App {
  const fault: Fault = settings.fault === undefined ? {} : faults[settings.fault](world);
  const pool = new Pool(10, async () => {
    fault.beforeConnect?.();
    return world.connect();
  });
  const metrics = new Metrics();
  let stopped: Promise<void> | undefined;

  /** A route that the fault of this release strikes. */
  const exposed = (path: string, answer: Route): [string, Route] => [
    path,
    async (query) => {
      await fault.beforeAnswer?.(path);
      return answer(query);
    },
  ];

  const server = new HttpServer({
    headers: { 'x-release': settings.release },
    routes: new Map<string, Route>([
      exposed('/', () => greet(settings.release)),
      exposed('/api/quote', (query) => answerQuote(pool, query)),
      ['/healthz', () => answerHealth(pool, stopped !== undefined)],
      ['/metrics', () => text(metrics.render(readGauges(pool)), 'text/plain; version=0.0.4')],
    ]),
    observe: (route, status, seconds) => metrics.observe(route, status, seconds),
    log: (line) => world.log(line),
  });

  return {
    listen: () => server.listen(settings.port),
    connect: () => pool.use(async () => {}),
    stop: (limits) => (stopped ??= server.stop(limits)),
  };
}

function readGauges(pool: Pool<Connection>): Record<string, number> {
  return {
    db_connections_open: pool.open,
    db_connections_busy: pool.busy,
    process_resident_memory_bytes: process.memoryUsage.rss(),
  };
}
