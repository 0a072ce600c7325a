import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { endServer } from '../control/json-server';
import { listenPrivately } from '../control/private-socket';
import type { Clock } from './clock';
import type { Company } from './company';
import { createInnerControl } from './control';
import type { Estate } from './estate';

/** Where a process of a router is reached by another one. */
export const innerSocket = (socket: string, pid: number): string => join(dirname(socket), `r${pid}.sock`);

/** The way in for the process that this one leaves its connections' figures to. */
export interface Farewell {
  /** From now on its questions are answered. */
  open(): void;
  /** Resolves when that process knows the last figures, or is not there to ask for them. */
  after(left: Promise<Estate[]>): Promise<void>;
  close(): Promise<void>;
}

/** It asks at once for what will be its answer; one that does not is gone. */
const askTime = 5_000;
const lastAnswers = 1_000;

export async function prepareFarewell(company: Company, clock: Clock, socket: string): Promise<Farewell> {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let give: (left: Promise<Estate[]>) => void = () => undefined;
  const farewell = new Promise<Estate[]>((resolve) => (give = resolve));
  let ask: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (ask = resolve));
  const server: Server = createInnerControl(company.inner, clock, opened, () => {
    ask();
    return farewell;
  });
  await listenPrivately(server, innerSocket(socket, process.pid));
  return {
    open,
    async after(left) {
      give(left);
      await left;
      await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, askTime))]);
      await endServer(server, lastAnswers);
    },
    close: () => endServer(server, 0),
  };
}
