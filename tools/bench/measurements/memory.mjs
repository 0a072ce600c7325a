import { start, startRouter } from '../router/start.mjs';
import { ratio, whole } from '../support/numbers.mjs';
import { memoryOf } from '../support/processes.mjs';
import { load } from './router.mjs';

/** So that a busy machine ends it, too. */
const longest = 8 * 60_000;
const portion = 20_000;

/** Whether the router's memory grows with the requests that it has served. */
export async function measureMemory({ quick }) {
  const [early, late] = quick ? [10_000, 30_000] : [100_000, 1_000_000];
  const upstream = await start('upstream.mjs');
  const router = await startRouter();
  try {
    await router.put([['stable', 100, upstream.port]]);
    const send = (amount) => load({ name: 'sluice', ...router }, { connections: 50, amount });
    await send(early);
    const before = memoryOf(router.pid);
    const end = performance.now() + longest;
    let sent = early;
    for (; sent < late && performance.now() < end; sent += portion) await send(portion);
    const after = memoryOf(router.pid);
    const cut = sent < late ? `; time was up before ${whole(late)}` : '';
    return [
      {
        figure: `the router's memory after ${whole(sent)} requests beside after ${whole(early)}`,
        goal: 'at most 1.20 times',
        measured: `${ratio(after / before)} times (${whole(after)} and ${whole(before)} MiB); it keeps the figures of the last 15 minutes${cut}`,
        met: cut ? null : after / before <= 1.2,
        short: `memory ${ratio(after / before)}x after ${whole(sent)}`,
      },
    ];
  } finally {
    await router.stop();
    await upstream.stop();
  }
}
