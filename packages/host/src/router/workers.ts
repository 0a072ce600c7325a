import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { spawnDetached } from '../spawn';
import { createRouterClient } from './client';
import type { Clock } from './clock';
import { createCompanion, type Companion } from './companion';
import type { Company } from './company';
import { innerSocket } from './farewell';
import { handTo, tellToLeave, untilReady } from './handover';
import type { Program } from './succession';

/** Processes that serve beside the router's own, on the same listening sockets: for more than one core. */
export interface Workers {
  /** Lets them finish what they have; what they count meanwhile is still asked of them. */
  leave(): void;
  /** Lets them end as the router itself does when it is closed. */
  end(): Promise<void>;
}

/** Between two tries to start one. */
const pause = 1_000;

/**
 * Keeps so many processes running. One that dies is replaced by another, which knows all routes before it accepts; so is
 * one that does not confirm a change, for nothing but the route in force may be served.
 */
export function keepWorkers(
  count: number,
  entry: string,
  company: Company,
  clock: Clock,
  socket: string,
  { args, cwd, log }: Program,
): Workers {
  const running = new Map<ChildProcess, Promise<void>>();
  let isOver = false;

  async function enrol(child: ChildProcess): Promise<void> {
    await untilReady(child);
    await company.enrol(
      () => companionOf(child),
      (routes, socketOf) => {
        const now = clock();
        const estates = routes.map((route) => ({ route, credits: [], until: now, buckets: [] }));
        return handTo(child, { now, former: socket, estates, socketOf });
      },
    );
  }

  function companionOf(child: ChildProcess): Companion {
    const report = (thrown: unknown) => console.error(`worker ${child.pid ?? 0}:`, thrown);
    const companion = createCompanion(createRouterClient(innerSocket(socket, child.pid ?? 0)), report);
    return {
      ...companion,
      async put(route) {
        const isConfirmed = await companion.put(route);
        if (!isConfirmed) child.kill('SIGKILL');
        return isConfirmed;
      },
    };
  }

  function start(index: number): void {
    if (isOver) return;
    const child = spawnDetached(entry, [...args, '--worker', String(index)], { cwd, log, ipc: true });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
    running.set(child, ended);
    void ended.then(() => {
      running.delete(child);
      rm(innerSocket(socket, child.pid ?? 0), { force: true }).catch(() => undefined); // of one that was killed
      setTimeout(start, pause, index).unref();
    });
    enrol(child).catch((thrown: unknown) => {
      if (!isOver) console.error(`worker ${child.pid ?? 0} could not be started:`, thrown);
      child.kill('SIGKILL');
    });
  }

  for (let index = 1; index <= count; index += 1) start(index);

  return {
    leave() {
      isOver = true;
      for (const child of running.keys()) tellToLeave(child);
    },
    async end() {
      isOver = true;
      for (const child of running.keys()) child.kill('SIGTERM');
      await Promise.all(running.values());
    },
  };
}
