import { mkdtemp, realpath, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sluiceError, z } from '@sluice/core';
import { aState } from '@sluice/core/testing';
import { findHost, hostHealth, ownVersion } from './client';
import { createJsonServer, endServer, type Endpoint } from './control/json-server';
import { listenPrivately } from './control/private-socket';
import { protocol, type DownRequest } from './protocol';
import { socketsOf } from './sockets';

let root: string;
let server: Server;
beforeEach(async () => (root = await realpath(await mkdtemp(join(tmpdir(), 'sluice-version-')))));
afterEach(async () => {
  await endServer(server, 0);
  await rm(root, { recursive: true, force: true });
});

/** A host of some version that knows these endpoints. */
async function hostOf(health: { version: string; protocol?: number }, endpoints: Record<string, Endpoint> = {}) {
  const standing = async () => ({ pid: process.pid, root, startedAt: 0, router: null, ...health });
  server = createJsonServer({ 'GET health': standing, ...endpoints }, () => undefined);
  await listenPrivately(server, (await socketsOf(join(root, '.sluice/host'))).controller);
}
async function client() {
  const found = await findHost(root);
  if (!found) throw new Error('not found');
  return found;
}

const never = new AbortController().signal;
const down: DownRequest = { project: 'app', environment: 'production', by: 'dana' };
const newer = { version: '99.0.0', protocol };
const older = { version: '0.0.9' };
const otherVersion = (host: string) => sluiceError('HOST_VERSION', { host, own: ownVersion() });

describe('a host of another version', () => {
  it.each([newer, older])('is talked to where it speaks the same protocol: $version', async (health) => {
    await hostOf(health, { 'GET states': async () => aState() });
    expect(await (await client()).state('app', 'production')).toMatchObject({ project: 'app' });
  });

  it('is refused where it speaks another protocol, by its name and with the way out', async () => {
    await hostOf({ ...newer, protocol: protocol + 1 });
    await expect(findHost(root)).rejects.toEqual(otherVersion('99.0.0'));
    await expect(findHost(root)).rejects.toMatchObject({
      remedy: expect.stringContaining('npx sluice host restart') as string,
    });
  });

  it('still says which it is', async () => {
    await hostOf({ ...newer, protocol: protocol + 1 });
    expect(await hostHealth(root)).toMatchObject({ version: '99.0.0' });
  });

  it.each([
    ['an endpoint that it does not have', {}],
    ['an answer of another shape', { 'POST downs': async () => ({ gone: true }) }],
    [
      'a request that has more than it knows',
      { 'POST downs': (async ({ body }) => body(z.strictObject({ project: z.string() }))) satisfies Endpoint },
    ],
  ])('is named where the two do not understand each other: %s', async (_what, endpoints) => {
    await hostOf(older, endpoints);
    await expect((await client()).takeDown(down)).rejects.toEqual(otherVersion('0.0.9'));
  });

  it('is named where its states are of a newer form', async () => {
    await hostOf(newer, {
      'GET states': async () => ({ version: 2 }),
      'GET events': async () =>
        (async function* () {
          yield { version: 2 };
          await Promise.resolve();
        })(),
    });
    const host = await client();
    await expect(host.state('app', 'production')).rejects.toEqual(otherVersion('99.0.0'));
    const followed = host.follow(
      'app',
      'production',
      () => undefined,
      () => true,
      never,
    );
    await expect(followed).rejects.toEqual(otherVersion('99.0.0'));
  });

  it('is not blamed for what it refuses with a reason of its own', async () => {
    const refusal = sluiceError('NO_WAY_BACK', { environment: 'production' });
    await hostOf(older, { 'POST downs': () => Promise.reject(refusal) });
    await expect((await client()).takeDown(down)).rejects.toEqual(refusal);
  });
});

describe('a host of the same version', () => {
  it('has refused what it does not understand', async () => {
    await hostOf({ version: ownVersion(), protocol });
    await expect((await client()).takeDown(down)).rejects.toMatchObject({ code: 'HOST_REFUSED' });
  });
});
