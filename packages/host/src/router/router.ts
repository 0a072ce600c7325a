import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createClock } from './clock';
import { listenPrivately } from '../control/private-socket';
import { createControl } from './control';
import { defaultLimits, type Limits } from './limits';
import { writeDurably } from './route-file';
import { createTable } from './table';

export interface RouterOptions {
  /** Folder of `router.json` (who runs) and `routes.json` (what it serves). Made where it is missing. */
  dir: string;
  /** Path of the control socket. Systems cut it off at about 104 bytes, hence not simply in `dir`. */
  socket: string;
  version: string;
  limits?: Partial<Limits>;
}

export interface Router {
  /** Stops accepting, drains and leaves; what it served is what the next one serves. */
  close(): Promise<void>;
}

/**
 * Serves, splits and measures the traffic of all routes; resolves when the routes of `routes.json` are served.
 * @throws Refusal `SOCKET_IN_USE` when another router has the socket
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { dir, socket, version } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const clock = createClock(Date.now, () => performance.now());
  const identity = { pid: process.pid, version, startedAt: clock() };
  const pidFile = join(dir, 'router.json');

  await mkdir(dir, { recursive: true, mode: 0o700 });
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  const table = createTable(join(dir, 'routes.json'), clock, limits);
  let ready: () => void = () => undefined;
  const restored = new Promise<void>((resolve) => (ready = resolve));
  const control = createControl(table, identity, clock, restored);

  // the socket first: who has it is the router, and may listen on the routes' ports
  await listenPrivately(control, socket);
  try {
    await table.restore();
  } catch (error) {
    control.close();
    throw error;
  }
  await writeDurably(pidFile, `${JSON.stringify({ ...identity, socket })}\n`).catch((error: unknown) => {
    console.error(`${pidFile} could not be written:`, error);
  });
  ready();

  return {
    async close() {
      await table.close();
      control.close(); // removes the socket, too
      control.closeAllConnections();
      await rm(pidFile, { force: true });
    },
  };
}
