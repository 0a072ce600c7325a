import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { toProblem, z } from '@sluice/core';
import { composeHost, isIdle } from '../compose';
import { againExit } from '../unit';

/** What can't be let go of by then is found again by the next controller. */
const longestLeave = 20_000;

/**
 * The controller process: main.js --root <main checkout> [--unless-idle]
 *
 * It ends with 0 when nothing is live, so that whoever looks after it leaves it at that, and with `againExit` when it gives
 * way while something is.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { root: { type: 'string' }, 'unless-idle': { type: 'boolean' } } });
  const { root } = z.object({ root: z.string().min(1) }).parse(values);
  const manifest: unknown = JSON.parse(readFileSync(require.resolve('@sluice/host/package.json'), 'utf8'));
  const { version } = z.object({ version: z.string() }).parse(manifest);

  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined); // a full disk stops nothing
  const say = (event: string, details: object = {}) =>
    console.log(JSON.stringify({ at: new Date().toISOString(), event, ...details }));

  if (values['unless-idle'] && (await isIdle(root))) {
    say('nothing is live', { root });
    return;
  }
  process.on('unhandledRejection', (thrown) => say('unhandled', { reason: String(thrown) }));
  const host = await composeHost({ root, version, say, routerEntry: require.resolve('@sluice/host/router') });
  say('started', { pid: process.pid, version, root });

  let leaving: Promise<void> | undefined;
  const leave = (code: number) => {
    setTimeout(() => process.exit(1), longestLeave);
    leaving ??= host.leave().finally(() => process.exit(code));
  };
  process.on('SIGTERM', () => leave(againExit)).on('SIGINT', () => leave(againExit));
  void host.closed.then((why) => leave(why === 'idle' ? 0 : againExit));
}

main().catch((thrown: unknown) => {
  const { code, message } = toProblem(thrown);
  console.error(code === 'INTERNAL' ? thrown : message); // another controller that has the socket is no accident
  process.exit(1);
});
