import { lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { sluiceError } from '@sluice/core';
import { endServer } from './json-server';
import { listenPrivately } from './private-socket';

/** A socket that stands for the right to act: who is reached there is the one that does. */
export interface HeldSocket {
  /** Throws `HOST_SUPERSEDED` when another process is reached there by now. */
  check(): void;
  /** Another process may have the path from now on; callers are still answered. */
  letGo(): void;
  /** Answers what is under way for so many ms, then is gone. */
  end(ms: number): Promise<void>;
}

/** A path that someone removed is listened on again within so many ms. */
const lookEvery = 1_000;

/**
 * Listens on a private socket for as long as this process acts: as `listenPrivately`, and again where the path is removed,
 * such as with its folder. Else nobody could reach this process any more, and it would act beside the next one.
 * @param make a server that answers like the others that it made. The first calls may come before the socket is known to be
 *   held: what needs that waits for `isHeld`, which resolves after whoever called this function has gone on.
 */
export async function holdSocket(
  make: (isHeld: Promise<void>) => Server,
  path: string,
  { succeeds = false, every = lookEvery } = {},
): Promise<HeldSocket> {
  const servers: Server[] = [];
  let ino: number | null = null;

  let open: () => void = () => undefined;
  const isHeld = new Promise<void>((resolve) => (open = resolve));

  async function listen(options: { succeeds?: boolean }): Promise<void> {
    const server = make(isHeld);
    await listenPrivately(server, path, options);
    servers.push(server);
    ino = inodeAt(path);
  }

  let looking: Promise<void> | null = null;
  await listen({ succeeds });
  const timer = setInterval(() => {
    if (looking || inodeAt(path) !== null) return;
    looking = mkdir(dirname(path), { recursive: true, mode: 0o700 })
      .then(() => listen({}))
      .catch((thrown: unknown) => console.error(`${path} could not be listened on again:`, thrown))
      .finally(() => (looking = null));
  }, every).unref();

  const letGo = () => clearInterval(timer);
  setImmediate(open);
  return {
    check() {
      if (looking) return; // what is there by now is not known to be ours before that has ended
      const found = inodeAt(path);
      if (found !== null && found !== ino) throw sluiceError('HOST_SUPERSEDED', { path });
    },
    letGo,
    async end(ms) {
      letGo();
      await looking;
      await Promise.all(servers.map((server) => endServer(server, ms)));
    },
  };
}

function inodeAt(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? null;
}
