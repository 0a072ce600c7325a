import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '../client';
import { openWorld, until, type World } from './world';

/** Where routers run as processes of their own: one after the other, or several. */
export interface Station {
  dir: string;
  client: RouterClient;
  /** Lends its instances. */
  world: World;
  /** Resolves when this router is the one that answers. */
  up(router: ChildProcess): Promise<ChildProcess>;
  /** Its processes are the test's to end. */
  close(): Promise<void>;
}

export async function openStation(): Promise<Station> {
  const world = await openWorld();
  const dir = await mkdtemp(join(tmpdir(), 'sluice-router-'));
  const client = createRouterClient(join(dir, 'router.sock'));
  return {
    dir,
    client,
    world,
    async up(router) {
      await until(async () => (await client.health().catch(() => null))?.pid === router.pid);
      return router;
    },
    async close() {
      await world.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
