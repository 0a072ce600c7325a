import { Agent, get } from 'node:http';

const lanes = 1; // more would keep both cores busy, and measure that

/** Asks all the time which release answers, each lane as soon as it has its answer. */
export function watchReleases(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const seen = [];
  let stopped = false;

  const ask = () =>
    new Promise((resolve, reject) => {
      const sent = get(url, { agent }, (response) => {
        seen.push({ answeredAt: performance.now(), release: response.headers['x-release'] });
        response.resume().on('end', resolve).on('error', reject);
      });
      sent.on('error', reject);
    });
  const all = Promise.all(
    Array.from({ length: lanes }, async () => {
      while (!stopped) await ask();
    }),
  );
  all.catch(() => undefined); // `stop` tells it

  return {
    /** What has been seen since `forget`. */
    seen,
    forget: () => seen.splice(0),
    async stop() {
      stopped = true;
      await all;
      agent.destroy();
    },
  };
}

/** When the first answer of `release` came that none of another one came after. */
export function turnedTo(release, seen) {
  const last = Math.max(-Infinity, ...seen.filter((one) => one.release !== release).map((one) => one.answeredAt));
  return seen.find((one) => one.release === release && one.answeredAt > last)?.answeredAt;
}
