import { setTimeout as wait } from 'node:timers/promises';
import { identityOf } from '@sluice/adapters/git';
import { connectHost } from '@sluice/host/client';
import { start, startRouter } from '../router/start.mjs';
import { median, ms, percentile } from '../support/numbers.mjs';
import { openSite } from '../support/site.mjs';
import { until } from '../support/until.mjs';
import { turnedTo, watchReleases } from '../support/watcher.mjs';

const sizes = [
  { padding: 0, artifact: 'an artifact of 1 file' },
  { padding: 20, artifact: 'an artifact of 20 MiB in 400 files' },
];

/** How long it takes until the earlier release has all the traffic, as a user sees it; and what of that the router takes. */
export async function measureRollback({ quick }) {
  const figures = [];
  for (const { padding, artifact } of sizes) {
    const times = await rollBackOften({ padding, rounds: quick ? 3 : 20 });
    figures.push({
      figure: `warm roll-back, from the executor's start of work to the first answer after which only the old release answers; ${artifact}, median of ${times.length}`,
      goal: '100 ms',
      measured: `${ms(median(times))} (slowest ${ms(Math.max(...times))})`,
      met: median(times) <= 100,
      short: `warm roll-back${padding ? ` of ${padding} MiB` : ''} ${ms(median(times))}`,
    });
  }
  const { acknowledged, seen } = await turnOften(quick ? 30 : 300);
  figures.push({
    figure: `the flip in the router: from the PUT of a route to the first answer after which only the new one answers, median of ${seen.length}`,
    goal: '10 ms',
    measured: `${ms(median(seen))} (p99 ${ms(percentile(seen, 0.99))}); until it is acknowledged, with its file synced to disk, ${ms(median(acknowledged))} (p99 ${ms(percentile(acknowledged, 0.99))})`,
    met: median(seen) <= 10,
    short: `flip ${ms(median(seen))}`,
  });
  return figures;
}

async function rollBackOften({ padding, rounds }) {
  const site = await openSite({ padding, settings: { window: '10m', steps: [100], traffic: 50 } });
  const times = [];
  let watcher;
  try {
    await site.deploy({ NAME: 'one' });
    watcher = watchReleases(site.url); // a canary is judged by its requests
    await site.deploy({ NAME: 'two' });
    for (let round = 0; round < rounds; round += 1) {
      const target = round % 2 ? 'two' : 'one'; // each way back is the way back of the one before
      await wait(300);
      watcher.forget();
      const begun = performance.now();
      await actAsExecutor(site);
      await site.settled('done');
      await wait(100); // none of the other release may come after
      times.push((await until('the old release to answer', () => turnedTo(target, watcher.seen))) - begun);
    }
  } finally {
    await watcher?.stop();
    await site.close();
  }
  return times;
}

/** What deploy-rollback does until it only follows. */
async function actAsExecutor(site) {
  const host = await connectHost(site.root);
  await site.state(host);
  await identityOf(site.root);
  await site.rollBack(host);
}

async function turnOften(count) {
  const upstreams = [await start('upstream.mjs', 'stable'), await start('upstream.mjs', 'canary')];
  const router = await startRouter();
  const [stable, canary] = upstreams.map(({ port }) => port);
  const acknowledged = [];
  const seen = [];
  let watcher;
  try {
    const turn = (share) =>
      router.put([
        ['stable', 100 - share, stable],
        ['canary', share, canary],
      ]);
    await turn(0);
    watcher = watchReleases(router.url);
    for (let index = 1; index <= count; index += 1) {
      await wait(20);
      watcher.forget();
      const begun = performance.now();
      await turn(index % 2 ? 100 : 0);
      acknowledged.push(performance.now() - begun);
      await wait(20);
      const release = index % 2 ? 'canary' : 'stable';
      seen.push((await until('the other release to answer', () => turnedTo(release, watcher.seen))) - begun);
    }
  } finally {
    await watcher?.stop();
    await router.stop();
    await Promise.all(upstreams.map(({ stop }) => stop()));
  }
  return { acknowledged, seen };
}
