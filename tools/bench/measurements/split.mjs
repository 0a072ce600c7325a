import { randomBytes } from 'node:crypto';
import { Agent, get } from 'node:http';
import { start, startRouter } from '../router/start.mjs';
import { whole } from '../support/numbers.mjs';

const share = 5;
const count = 10_000;
const lanes = 20;

/** Whether 5 % is 5 %: of requests in turn, and of users that are bound to a release by a cookie. */
export async function measureSplit() {
  const upstreams = [await start('upstream.mjs', 'stable'), await start('upstream.mjs', 'canary')];
  const router = await startRouter();
  const split = ['stable', 'canary'].map((slot, index) => [slot, index ? share : 100 - share, upstreams[index].port]);
  try {
    await router.put(split);
    const inTurn = await canariesOf(router.url);
    const off = Math.abs(inTurn - (count * share) / 100);
    const figures = [
      {
        figure: `canary's share of ${whole(count)} requests in turn at ${share} %`,
        goal: `${(count * share) / 100} ± 1`,
        measured: whole(inTurn),
        met: off <= 1,
        short: `split ${inTurn}/${whole(count)}`,
      },
    ];
    return [...figures, await sticky(router, split)];
  } finally {
    await router.stop();
    await Promise.all(upstreams.map(({ stop }) => stop()));
  }
}

async function sticky(router, split) {
  const figure = `canary's share of ${whole(count)} users with a cookie of their own at ${share} %`;
  const goal = `${share} ± 0.7 %`;
  try {
    await router.put(split, { sticky: true, secret: randomBytes(16).toString('hex') });
  } catch (thrown) {
    if (!/sticky/.test(thrown.text ?? '')) throw thrown;
    return {
      figure,
      goal,
      measured: 'skipped: this router knows no sticky routes',
      met: null,
      short: 'sticky skipped',
    };
  }
  const { canaries, moved } = await usersOf(router.url);
  const per = (canaries / count) * 100;
  return {
    figure,
    goal: `${goal}, and nobody moves`,
    measured: `${per.toFixed(2)} %; ${whole(moved)} were elsewhere with their second request`,
    met: Math.abs(per - share) <= 0.7 && moved === 0,
    short: `sticky ${per.toFixed(2)} %`,
  };
}

const canariesOf = async (url) => {
  let canaries = 0;
  await eachInLanes(async (ask) => {
    if ((await ask(url)).release === 'canary') canaries += 1;
  });
  return canaries;
};

/** Users who have no cookie yet, each of whom comes again with the one that they got. */
async function usersOf(url) {
  let canaries = 0;
  let moved = 0;
  await eachInLanes(async (ask) => {
    const first = await ask(url);
    const second = await ask(url, first.cookie);
    if (first.release === 'canary') canaries += 1;
    if (second.release !== first.release) moved += 1;
  });
  return { canaries, moved };
}

async function eachInLanes(work) {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const ask = (url, cookie) =>
    new Promise((resolve, reject) => {
      get(url, { agent, headers: cookie ? { cookie } : {} }, (response) => {
        const { 'x-release': release, 'set-cookie': cookies = [] } = response.headers;
        const answer = { release, cookie: cookies.map((one) => one.split(';')[0]).join('; ') };
        response.resume().on('end', () => resolve(answer));
      }).on('error', reject);
    });
  let begun = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (begun++ < count) await work(ask);
    }),
  );
  agent.destroy();
}
