import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from '@sluice/core';
import { createJsonClient } from '../control/json-client';
import { keepPeer, type Keeping, type Peer } from '../peer';
import { identitySchema } from '../protocol';
import { spawnDetached } from '../spawn';
import { receiveLegacy } from './handover';
import { startRouter, type Router } from './router';
import { startWorker } from './worker';

/** A core is left to the instances; on two, one process does it all. */
const fittingWorkers = () => Math.max(1, Math.min(4, availableParallelism() - 1));

const path = z.string().min(1);
const optionsSchema = z.object({
  dir: path,
  socket: path,
  root: path.optional(),
  controller: path.optional(),
  inherit: z.boolean().default(false),
  workers: z.coerce.number().int().min(1).max(64).default(fittingWorkers),
  worker: z.coerce.number().int().min(1).optional(),
});
type Options = z.infer<typeof optionsSchema>;

/**
 * The router process: main.js --dir <folder for its files> --socket <path of the control socket>, and, where it is to
 * start a controller that is gone again, --root <main checkout> --controller <the controller's socket>. --workers is how
 * many processes serve. It starts others of its kind: with --inherit for one that goes on where it is, with --worker
 * for one that serves beside it.
 */
async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const places = { dir: text, socket: text, root: text, controller: text };
  const known = { ...places, workers: text, inherit: flag, worker: text };
  const options = optionsSchema.parse(parseArgs({ options: known }).values);

  // traffic goes on when the log can't be written
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const index = options.worker;
  await (index === undefined ? lead(options) : assist(options, index));
}

async function lead({ dir, socket, root, controller, inherit, workers }: Options): Promise<void> {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
  const { version } = z.object({ version: z.string() }).parse(manifest);
  const args = process.argv.slice(2).filter((argument) => argument !== '--inherit');
  const legacy = inherit ? await receiveLegacy() : undefined;
  const program = { entry: __filename, args, cwd: root ?? dir };
  const router = await startRouter({ dir, socket, version, workers, program, legacy });
  console.log(JSON.stringify({ at: new Date().toISOString(), event: 'started', pid: process.pid, version, socket }));

  const keeping = root && controller ? keepController(root, controller, dir) : null;
  void router.replaced.then(() => keeping?.stop());
  runUntilItLeaves(router, () => keeping?.stop());
}

async function assist({ dir, socket, workers }: Options, index: number): Promise<void> {
  runUntilItLeaves(await startWorker(dir, socket, await receiveLegacy(), { index, processes: workers }));
}

function runUntilItLeaves(router: Pick<Router, 'close' | 'left'>, onLeave: () => void = () => undefined): void {
  let leaving: Promise<void> | undefined;
  const leave = () => {
    onLeave();
    leaving ??= router.close().finally(() => process.exit(0));
  };
  process.on('SIGTERM', leave).on('SIGINT', leave);
  void router.left.then(() => process.exit(0));
}

/** Traffic needs no controller, but rollouts and instances do. */
function keepController(root: string, socket: string, dir: string): Keeping {
  const json = createJsonClient(socket);
  const controller: Peer = {
    identify: async (signal) => (await json.call(identitySchema, 'GET', '/health', { signal })).pid,
    start: () => {
      const entry = require.resolve('@sluice/host/controller');
      spawnDetached(entry, ['--root', root], { cwd: root, log: join(dir, 'controller.log') });
    },
    onUp: async () => undefined,
  };
  return keepPeer(controller, (thrown) => console.error('the controller could not be started:', thrown));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
