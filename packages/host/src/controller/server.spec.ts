import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  isOver,
  noFreeze,
  sluiceError,
  z,
  type EnvironmentName,
  type EventSink,
  type StatusReport,
} from '@sluice/core';
import { aPlan, aWorld, eventually } from '@sluice/core/testing';
import { createJsonClient, type JsonClient } from '../control/json-client';
import { endServer } from '../control/json-server';
import { listenPrivately } from '../control/private-socket';
import { createDriver, type Driver } from './driver';
import { createRollouts } from './rollouts';
import { createDeskServer, type Desk } from './server';

const any = z.unknown();
const never = new AbortController().signal;
let dir: string;
let server: Server;
let client: JsonClient;
let asked: string[];
let watching: number;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-desk-'));
  asked = [];
  watching = 0;
});
afterEach(async () => {
  await endServer(server, 0);
  await rm(dir, { recursive: true, force: true });
});

async function open(changes: Partial<Desk> = {}, sink: Partial<EventSink> = {}) {
  const world = aWorld();
  const made = createDriver(world.initial, { ...world.ports, sink: { ...world.ports.sink, ...sink } }, () => undefined);
  const driver: Driver = {
    ...made,
    watch(...listener) {
      const stop = made.watch(...listener);
      watching += 1;
      return () => {
        watching -= 1;
        stop();
      };
    },
  };
  const driverOf = async (project: string, environment: EnvironmentName) => {
    asked.push(`${project} in ${environment}`);
    return driver;
  };
  const report: StatusReport = { project: 'app', at: 'now', environments: [] };
  const unused = { read: async () => null, verify: async () => ({ ok: true, reason: '' }), list: async () => [] };
  server = createDeskServer({
    ready: async () => undefined,
    health: async () => ({ pid: 1, version: '1.2.3', root: '/r', startedAt: 5, router: null }),
    rollouts: createRollouts(
      driverOf,
      unused,
      world.clock,
      async () => [],
      async () => noFreeze,
    ),
    driverOf,
    status: async (project) => ({ ...report, project }),
    verify: async () => [],
    merge: () => Promise.reject(sluiceError('NOTHING_TO_MERGE', { project: 'app' })),
    close: async () => true,
    report: (_, thrown) => asked.push(`reported ${String(thrown)}`),
    ...changes,
  });
  await listenPrivately(server, join(dir, 'a.sock'));
  client = createJsonClient(join(dir, 'a.sock'));
  return { world, driver };
}

describe('the desk', () => {
  it('says who it is, of which version', async () => {
    await open();
    expect(await client.call(any, 'GET', '/health')).toMatchObject({ pid: 1, version: '1.2.3' });
  });

  it('knows projects with a scope', async () => {
    await open();
    await client.call(any, 'GET', '/states/%40acme%2Fweb/production');
    expect(asked).toEqual(['@acme/web in production']);
    expect(await client.call(any, 'GET', '/status/%40acme%2Fweb')).toMatchObject({ project: '@acme/web' });
  });

  it.each([
    ['GET', '/states/app/prod', undefined],
    ['GET', '/states/app', undefined],
    ['GET', '/states', undefined],
    ['GET', '/status', undefined],
    ['GET', '/events/app/', undefined],
    ['POST', '/rollouts', { project: 'app' }],
    ['POST', '/rollbacks', { project: 'app', environment: 'prod', to: null, reason: '', by: '' }],
    ['POST', '/permits', {}],
    ['POST', '/downs', { project: 'app', environment: 'production', by: 'dana', force: true }],
    ['POST', '/verifications', []],
  ])('refuses %s %s that is not whole or not known', async (method, path, body) => {
    await open();
    await expect(client.call(any, method, path, body ? { body } : {})).rejects.toMatchObject({ code: 'HOST_REFUSED' });
    expect(asked).toEqual([]);
  });

  it('answers why it can not be asked yet, but says who it is all the same', async () => {
    const corrupt = sluiceError('STATE_CORRUPT', { file: 'instances.json', problem: 'it is empty' });
    await open({ ready: () => Promise.reject(corrupt) });
    await expect(client.call(any, 'GET', '/states/app/production')).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    await expect(client.call(any, 'POST', '/close', { body: {} })).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    expect(await client.call(any, 'GET', '/health')).toMatchObject({ pid: 1 });
    expect(asked).toEqual([]);
  });
});

describe('whoever follows an environment', () => {
  it('gets the state as it is and every one after it', async () => {
    const { driver, world } = await open();
    const states = client.stream(z.object({ sequence: z.number() }).loose(), '/events/app/production', never);
    expect((await states.next()).value).toEqual(world.initial);
    await driver.act({ type: 'begin', at: world.clock.now(), plan: aPlan() });
    await eventually('it is over', () => isOver(driver.state()));
    const sequences: number[] = [];
    for await (const state of states) {
      sequences.push(state.sequence);
      if (state.sequence === driver.state().sequence) break;
    }
    expect(sequences).toEqual(Array.from({ length: driver.state().sequence + 1 }, (_, at) => at));
  });

  it('is told why nothing happens any more while the audit log is broken, and goes on when it is mended', async () => {
    const broken = sluiceError('AUDIT_CORRUPT', { file: 'audit.jsonl', line: 3, problem: 'it is not JSON' });
    let isBroken = true;
    const record: EventSink['record'] = async () => {
      if (isBroken) throw broken;
      return { head: null, count: 0 };
    };
    const { driver, world } = await open({}, { record });
    const states = client.stream(any, '/events/app/production', never);
    await states.next();
    await driver.act({ type: 'begin', at: world.clock.now(), plan: aPlan() });
    await eventually('nobody is to wait any more', () => driver.stuck() !== null);
    for await (const _ of states); // it ends
    await expect(client.stream(any, '/events/app/production', never).next()).rejects.toMatchObject({
      code: 'ROLLOUT_STUCK',
      message: expect.stringContaining('broken at line 3') as string,
    });
    expect(driver.trouble()).toMatchObject({ code: 'AUDIT_CORRUPT' });
    isBroken = false;
    await eventually('it is over', () => isOver(driver.state()));
    expect([driver.trouble(), driver.stuck()]).toEqual([null, null]);
  });

  it('is forgotten when they leave, even if nothing happens', async () => {
    await open();
    const stop = new AbortController();
    const states = client.stream(any, '/events/app/production', stop.signal);
    await states.next();
    expect(watching).toBe(1);
    stop.abort();
    await eventually('nobody watches', () => watching === 0);
  });
});
