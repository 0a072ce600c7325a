import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ownerOnly, replaceFile } from '@sluice/adapters/durable';
import { holdSocket, type HeldSocket } from '../control/held-socket';
import { createRouterClient } from './client';
import { createClock } from './clock';
import { createCompanion } from './companion';
import { createCompany } from './company';
import { createControl } from './control';
import type { Legacy } from './handover';
import { keepWorkers } from './workers';
import { defaultLimits, type Limits } from './limits';
import { createSuccession } from './succession';
import { createTable } from './table';

export interface RouterOptions {
  /** Folder of `router.json` (who runs), `routes.json` (what it serves) and `history`. Made where it is missing. */
  dir: string;
  /** Path of the control socket. Systems cut it off at about 104 bytes, hence not simply in `dir`. */
  socket: string;
  version: string;
  limits?: Partial<Limits>;
  /** How many processes serve, this one included. */
  workers?: number;
  /** How this process was started, for others of its kind. */
  program?: { entry: string; args: readonly string[]; cwd: string };
  /** What the router before this one hands over; without it, what it has saved. */
  legacy?: Legacy | undefined;
}

export interface Router {
  /** Stops accepting, drains and leaves; what it served is what the next one serves. */
  close(): Promise<void>;
  /** Another router has taken over. */
  readonly replaced: Promise<void>;
  /** And nothing is left to do for this one. */
  readonly left: Promise<void>;
}

/** Callers whose call is under way when the router closes get so long. */
const lastAnswers = 500;

/**
 * Serves, splits and measures the traffic of all routes; resolves when they are served.
 * @throws `SOCKET_IN_USE` when another router has the socket, `SOCKET_BLOCKED`
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { dir, socket, version, legacy, workers = 1 } = options;
  const { entry, ...started } = options.program ?? { entry: __filename, args: [], cwd: dir };
  const program = { ...started, log: join(dir, 'router.log') };
  const limits = { ...defaultLimits, ...options.limits };
  const clock = createClock(Date.now, () => performance.now(), legacy?.now);
  const identity = { pid: process.pid, version, startedAt: clock() };
  const pidFile = join(dir, 'router.json');

  await mkdir(dir, { recursive: true, mode: 0o700 });
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  const table = createTable(dir, clock, limits);
  const company = createCompany(table, limits);
  const succession = createSuccession(company, clock, socket, program);
  let ready: () => void = () => undefined;
  const restored = new Promise<void>((resolve) => (ready = resolve));
  const control = () => createControl(company.outer, identity, clock, restored, succession.succeed);
  let isReplaced = false;
  void succession.replaced.then(() => (isReplaced = true));

  async function takeOver({ estates, socketOf, former, confirm }: Legacy): Promise<HeldSocket> {
    await table.inherit(estates, socketOf);
    const report = (thrown: unknown) => console.error('the router before this one:', thrown);
    const predecessor = createCompanion(createRouterClient(former), report);
    company.join(predecessor);
    void predecessor.gone.then(() => rm(former, { force: true }));
    const held = await holdSocket(control, socket, { succeeds: true });
    confirm();
    return held;
  }

  async function begin(): Promise<HeldSocket> {
    // the socket first: who has it is the router, and may listen on the routes' ports
    const held = await holdSocket(control, socket);
    try {
      await table.restore();
      return held;
    } catch (error) {
      await held.end(0);
      throw error;
    }
  }

  const held = await (legacy ? takeOver(legacy) : begin());
  await replaceFile(pidFile, `${JSON.stringify({ ...identity, socket })}\n`, ownerOnly).catch((error: unknown) => {
    console.error(`${pidFile} could not be written:`, error);
  });
  ready();
  const others = keepWorkers(workers - 1, entry, company, clock, socket, program);
  void succession.replaced.then(() => {
    others.leave();
    held.letGo();
  });

  return {
    replaced: succession.replaced,
    left: succession.left,
    async close() {
      await Promise.all([table.close(), others.end()]);
      await held.end(lastAnswers); // removes the socket, too
      if (isReplaced) await succession.left;
      else await rm(pidFile, { force: true });
    },
  };
}
