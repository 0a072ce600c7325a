import { setTimeout as wait } from 'node:timers/promises';
import { startLoad, total } from '../support/load-client.mjs';
import { plural, whole } from '../support/numbers.mjs';
import { openSite } from '../support/site.mjs';

const rate = 200;

/**
 * Requests at a fixed rate across deployments, canaries, roll-backs and a canary that is given up at half of the traffic.
 * Then the same where nothing waits for requests in flight: that must lose some, or the measurement sees nothing.
 */
export async function measureLossless({ quick }) {
  const drained = await runThrough({ count: quick ? 2_400 : 100_000 });
  const abrupt = await runThrough({ count: quick ? 1_200 : 6_000, drain: '0s' });
  const lost = total(drained.tally.failed);
  const blind = total(abrupt.tally.failed) === 0;
  return [
    {
      figure: `failed requests of ${whole(drained.tally.sent)} at ${rate}/s across ${tellActs(drained.acts)}`,
      goal: '0',
      measured: tell(drained.tally),
      met: lost === 0 && drained.tally.sent === total(drained.tally.answered),
      short: `${lost} of ${whole(drained.tally.sent)} requests failed`,
    },
    {
      figure: `the same without draining (\`runtime.drain\` "0s", a service that exits at once), ${whole(abrupt.tally.sent)} requests`,
      goal: 'more than 0, else the measurement is blind',
      measured: tell(abrupt.tally),
      met: !blind,
      short: `${total(abrupt.tally.failed)} without draining`,
      fatal: blind,
    },
  ];
}

async function runThrough({ count, drain }) {
  const site = await openSite({ settings: { drain } });
  const env = (name) => ({ NAME: name, ...(drain ? { ABRUPT: 'yes' } : {}) });
  const acts = { deployments: 0, rollbacks: 0, abandoned: 0 };
  let number = 1;
  let load;

  const deploy = async () => {
    await site.deploy(env(`release-${++number}`));
    acts.deployments += 1;
  };
  const rollBack = async () => {
    await site.rollBack();
    await site.settled('done');
    acts.rollbacks += 1;
  };
  const abandon = async () => {
    await site.begin(env(`release-${++number}`));
    await site.follow(isWatchedAt(50));
    await wait(600); // until it has slow requests in flight
    await site.rollBack();
    await site.settled('rolled-back');
    acts.abandoned += 1;
  };
  try {
    await deploy();
    acts.deployments = 0; // what was there before the first request
    load = startLoad(site.url, { rate, atMost: count * 2 });
    const cycle = [abandon, deploy, rollBack, deploy];
    for (let next = 0; load.tally.sent < count; next += 1) await cycle[next % cycle.length]();
    return { tally: await load.stop(), acts };
  } finally {
    await load?.stop();
    await site.close();
  }
}

const isWatchedAt =
  (traffic) =>
  ({ rollout }) =>
    rollout?.phase.name === 'watching' && rollout.steps.at(-1)?.traffic === traffic;

const tellActs = ({ deployments, rollbacks, abandoned }) =>
  [
    plural(deployments, 'deployment'),
    plural(rollbacks, 'roll-back'),
    plural(abandoned, 'abandoned canary', 'abandoned canaries'),
  ].join(', ');

function tell({ sent, answered, failed, latest }) {
  const kinds = Object.entries(failed).map(([kind, count]) => `${count} × ${kind}`);
  const sum = `${whole(sent)} sent = ${whole(total(answered))} answered + ${whole(total(failed))} failed`;
  const late = latest > 1_000 ? `; the client was up to ${(latest / 1000).toFixed(1)} s late` : '';
  return `${sum}${kinds.length ? ` (${kinds.join(', ')})` : ''}, by ${Object.keys(answered).length} releases${late}`;
}
