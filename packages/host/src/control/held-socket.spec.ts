import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../supervisor/testing';
import { holdSocket, type HeldSocket } from './held-socket';

let dir: string;
let path: string;
const held: HeldSocket[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-held-'));
  path = join(dir, 'host', 'a.sock');
  await mkdir(join(dir, 'host'));
});
afterEach(async () => {
  await Promise.all(held.splice(0).map((socket) => socket.end(0)));
  await rm(dir, { recursive: true, force: true });
});

async function hold(name: string, options = {}): Promise<HeldSocket> {
  const socket = await holdSocket(() => createServer((_, response) => response.end(name)), path, {
    every: 20,
    ...options,
  });
  held.push(socket);
  return socket;
}

const ask = () =>
  new Promise<string>((resolve, reject) => {
    get({ socketPath: path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });

describe('a held socket', () => {
  it('lets who is asked before it is held wait until its holder has gone on', async () => {
    const steps: string[] = [];
    let asked: Promise<string> | undefined;
    const make = (isHeld: Promise<void>) => {
      const server = createServer((_, response) => {
        void isHeld.then(() => steps.push('answered')).then(() => response.end('one'));
      });
      return server.on('listening', () => {
        asked = eventually(ask);
      });
    };
    held.push(await holdSocket(make, path));
    steps.push('held');
    expect(await asked).toBe('one');
    expect(steps).toEqual(['held', 'answered']);
  });

  it('is listened on again when its folder is removed', async () => {
    const socket = await hold('one');
    await rm(join(dir, 'host'), { recursive: true });
    expect(() => socket.check()).not.toThrow();
    await eventually(async () => expect(await ask()).toBe('one'));
    expect(() => socket.check()).not.toThrow();
  });

  it('is its own in every moment of being listened on again', async () => {
    const socket = await hold('one');
    await rm(join(dir, 'host'), { recursive: true });
    const answered = new AbortController();
    const asking = eventually(async () => expect(await ask()).toBe('one')).finally(() => answered.abort());
    while (!answered.signal.aborted) {
      socket.check();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await asking;
  });

  it('says when another process is reached there, and leaves that alone', async () => {
    const socket = await hold('one');
    await hold('two', { succeeds: true });
    expect(() => socket.check()).toThrow('Another process answers');
    await socket.end(0);
    expect(await ask()).toBe('two');
  });

  it('is not taken again once it was let go', async () => {
    const socket = await hold('one');
    socket.letGo();
    const next = await hold('two', { succeeds: true });
    await next.end(0);
    await expect(ask()).rejects.toThrow('ENOENT');
  });
});
