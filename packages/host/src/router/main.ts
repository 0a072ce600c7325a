import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createJsonClient } from '../control/json-client';
import { keepPeer, type Keeping, type Peer } from '../peer';
import { identitySchema } from '../protocol';
import { spawnDetached } from '../spawn';
import { startRouter } from './router';

const path = z.string().min(1);
const optionsSchema = z.object({ dir: path, socket: path, root: path.optional(), controller: path.optional() });

/**
 * The router process: main.js --dir <folder for its files> --socket <path of the control socket>, and, where it is to
 * start a controller that is gone again, --root <main checkout> --controller <the controller's socket>
 */
async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { dir: text, socket: text, root: text, controller: text } });
  const { dir, socket, root, controller } = optionsSchema.parse(values);
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
  const { version } = z.object({ version: z.string() }).parse(manifest);

  // traffic goes on when the log can't be written
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const router = await startRouter({ dir, socket, version });
  console.log(JSON.stringify({ at: new Date().toISOString(), event: 'started', pid: process.pid, version, socket }));

  const keeping = root && controller ? keepController(root, controller, dir) : null;

  let leaving: Promise<void> | undefined;
  const leave = () => {
    keeping?.stop();
    leaving ??= router.close().finally(() => process.exit(0));
  };
  process.on('SIGTERM', leave).on('SIGINT', leave);
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
