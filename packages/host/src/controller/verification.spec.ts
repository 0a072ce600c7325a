import type { CheckOutcome, Health, Interval, VerifySubject } from '@sluice/core';
import { aPlan, anInterval, aRelease, simulatedClock, someFigures, someHealth } from '@sluice/core/testing';
import { createVerifier, type Verification } from './verification';

const plan = aPlan({
  ...{ host: '127.0.0.1', port: 4000, logErrors: 'panic' },
  services: [{ name: 'db', url: 'tcp://127.0.0.1:1', critical: true, timeout: 100 }],
});
const release = aRelease('next').id;
const never = new AbortController().signal;
const passed: CheckOutcome = { status: 'pass', reason: 'all is well', findings: [], figures: {} };

/** What the world around the checks says. */
interface World {
  health: Health;
  service: Health;
  intervals: Interval[];
  instance: string | null;
  smoke: CheckOutcome;
  log: string[];
}

async function verify(check: string, changes: Partial<World> = {}, subject: Partial<VerifySubject> = {}) {
  const world: World = {
    health: someHealth(release),
    service: someHealth('db'),
    intervals: [anInterval(0, 10, [someFigures({ requests: 50, errors: 1 })])],
    instance: 'http://127.0.0.1:5000',
    smoke: passed,
    log: ['listening'],
    ...changes,
  };
  const asked: string[] = [];
  const parts: Verification = {
    clock: simulatedClock(),
    runtime: {
      prove: () => Promise.reject(new Error('not asked')),
      start: () => Promise.reject(new Error('not asked')),
      stop: () => Promise.reject(new Error('not asked')),
      health: async () => world.health,
    },
    metrics: {
      measure: async ({ from }) => world.intervals.shift() ?? anInterval(from, from),
      history: async () => [],
    },
    services: { probe: async () => world.service },
    instanceUrl: () => world.instance,
    async smoke({ baseUrl }) {
      asked.push(baseUrl);
      return world.smoke;
    },
    logLines: async () => world.log,
    maskOf: async () => (line) => line.replace('hunter2', '***'),
    async scan({ lines, mask }, pattern) {
      const bad = lines.filter((line) => line.includes(pattern)).map(mask);
      return bad.length ? { ...passed, status: 'fail', reason: bad.join() } : passed;
    },
  };
  const workload = { project: 'app', environment: 'production', release };
  const whole: VerifySubject = { plan, workload, via: 'router', since: 0, ...subject };
  const [result] = await createVerifier(parts).verify(whole, [check], never);
  return { status: result?.status, reason: result?.reason, figures: result?.figures, asked };
}
const nothing = [anInterval(0, 10, [])];
const foreign = [anInterval(0, 10, [someFigures({ slot: 'stable', release: 'other' })])];

describe('a check of trial and verification', () => {
  it.each(['health', 'services', 'smoke', 'logs', 'monitoring', 'window'])('passes: %s', async (name) => {
    expect(await verify(name)).toMatchObject({ status: 'pass', reason: expect.stringMatching(/\w/) as unknown });
  });

  it.each<[string, string, Partial<World>, RegExp]>([
    [
      'health',
      'an instance is down',
      { health: someHealth(release, { wanted: 2, reason: 'it ended' }) },
      /1 of 2 .*it ended/,
    ],
    ['health', 'no instance is wanted', { health: someHealth(release, { healthy: 0, wanted: 0 }) }, /0 of 0/],
    [
      'services',
      'one is down',
      { service: someHealth('db', { healthy: 0, reason: 'ECONNREFUSED' }) },
      /db: ECONNREFUSED/,
    ],
    ['smoke', 'the smoke tests do', { smoke: { ...passed, status: 'fail', reason: 'exit 1' } }, /exit 1/],
    ['logs', 'a line matches', { log: ['fine', 'panic: no memory'] }, /panic: no memory/],
    ['logs', 'a line with a secret matches', { log: ['panic: hunter2'] }, /panic: \*\*\*/],
    ['monitoring', 'nothing was measured', { intervals: nothing }, /no request/],
    ['monitoring', 'only other releases were measured', { intervals: foreign }, /no request/],
    ['monitoring', 'nothing is closed', { intervals: [] }, /no request/],
    ['window', 'nothing was measured', { intervals: nothing }, /no request/],
    ['window', 'only other releases were measured', { intervals: foreign }, /no request/],
    ['window', 'nothing is closed', { intervals: [] }, /no request/],
    [
      'window',
      'too many failed',
      { intervals: [anInterval(0, 10, [someFigures({ requests: 10, errors: 3 })])] },
      /3 of the last 10/,
    ],
  ])('fails: %s, when %s', async (name, _, world, reason) => {
    expect(await verify(name, world)).toMatchObject({
      status: 'fail',
      reason: expect.stringMatching(reason) as unknown,
    });
  });

  it('fails when its name is not known', async () => {
    expect(await verify('helth')).toMatchObject({ status: 'fail', reason: 'there is no check "helth"' });
  });

  it('passes without a declared service, and says so', async () => {
    const alone = { ...plan, services: [] };
    expect(await verify('services', {}, { plan: alone })).toMatchObject({
      status: 'pass',
      reason: 'no services are declared',
    });
  });

  it('counts all splits of its time', async () => {
    const intervals = [
      anInterval(0, 10, [someFigures({ requests: 10, errors: 0 })]),
      anInterval(10, 20, [someFigures({ slot: 'stable', release, requests: 30, errors: 2 })]),
    ];
    expect(await verify('window', { intervals })).toMatchObject({
      status: 'pass',
      figures: { requests: 40, errors: 2 },
    });
  });

  it('asks through the router, or straight at an instance that has no traffic yet', async () => {
    expect((await verify('smoke')).asked).toEqual(['http://127.0.0.1:4000']);
    expect((await verify('smoke', {}, { plan: { ...plan, host: '::' } })).asked).toEqual(['http://[::1]:4000']);
    expect((await verify('smoke', {}, { via: 'instance' })).asked).toEqual(['http://127.0.0.1:5000']);
    const none = await verify('smoke', { instance: null }, { via: 'instance' });
    expect(none).toMatchObject({ status: 'fail', reason: 'no instance is there to be asked', asked: [] });
  });
});
