import { isSettled } from '@sluice/core';
import { startLoad } from '../support/load-client.mjs';
import { median, ms } from '../support/numbers.mjs';
import { openSite } from '../support/site.mjs';

/** How fast an error-throwing canary is out of the traffic, as the audit log and the canary itself have it. */
export async function measureWithdrawal({ quick }) {
  const rounds = quick ? 1 : 5;
  const site = await openSite({ settings: { traffic: 20 } });
  let load;
  const samples = [];
  try {
    await site.deploy({ NAME: 'good' });
    load = startLoad(site.url, { rate: 200, atMost: 200 * 60 * rounds });
    for (let round = 0; round < rounds; round += 1) samples.push(await withdrawOnce(site, `bad-${round}`));
  } finally {
    await load?.stop();
    await site.close();
  }
  const off = samples.map(({ last, verdict }) => Math.max(0, last - verdict));
  const late = samples.reduce((sum, { after }) => sum + after, 0);
  const acknowledged = median(samples.map(({ acknowledged, verdict }) => acknowledged - verdict));
  return [
    {
      figure: `from the verdict on an error-throwing canary to its last request, ${rounds === 1 ? 'one canary' : `worst of ${rounds} canaries`}`,
      goal: '1 s',
      measured: `${ms(Math.max(...off))}; the move was acknowledged after ${ms(acknowledged)} (median)`,
      met: Math.max(...off) <= 1_000,
      short: `canary off in ${ms(Math.max(...off))}`,
    },
    {
      figure: 'requests that such a canary got after the acknowledgement, by its own log',
      goal: '0',
      measured: `${late} of ${samples.reduce((sum, { requests }) => sum + requests, 0)}`,
      met: late === 0,
      short: `${late} after`,
    },
  ];
}

async function withdrawOnce(site, name) {
  const release = await site.begin({ NAME: name, FAULT: 'errors' });
  let acknowledged;
  const state = await site.follow(isSettled, ({ rollout }) => {
    if (rollout?.phase.name === 'clearing') acknowledged ??= Date.now(); // the phase after the router has answered
  });
  const { outcome } = state.rollout;
  if (outcome.result !== 'rolled-back') throw new Error(`the bad release was not withdrawn: ${outcome.reason}`);
  const verdict = site.audit().find((entry) => entry.release === release && entry.what === 'withdraw')?.at;
  const times = site.requestsTo(release);
  if (verdict === undefined || acknowledged === undefined || times.length === 0) {
    throw new Error('the withdrawal can not be found in audit log, states or the log of the release');
  }
  const after = times.filter((time) => time > acknowledged).length;
  return { verdict, acknowledged, last: Math.max(...times), requests: times.length, after };
}
