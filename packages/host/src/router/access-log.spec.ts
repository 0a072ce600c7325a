import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createAccessLog, type Access } from './access-log';
import { pinHeader, signPin } from './pin';
import { open } from './testing/visitor';
import { openWorld, slot, until, type World } from './testing/world';

const secret = 'a secret of some length';
let world: World;
let file: string;
beforeEach(async () => {
  world = await openWorld();
  file = join(world.dir, 'access.jsonl');
});
afterEach(async () => {
  jest.restoreAllMocks();
  await world.close();
});

const linesOf = async (path: string) => {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
};
/** What is written, once it is so much. */
async function written(count: number): Promise<unknown[]> {
  await until(async () => (await linesOf(file)).length >= count);
  return (await linesOf(file)).map((line): unknown => JSON.parse(line));
}

const access: Access = {
  ...{ at: '', method: 'GET', path: '/', status: 200, slot: null, release: null, instance: null, bytes: 0, ms: 1 },
  ...{ client: null, forwardedFor: null, synthetic: false, pinned: false },
};

describe('the access log', () => {
  it('is not written unless the route says so', async () => {
    await world.apply([slot('stable', 100, [await world.instance('a')])]);
    await world.send();
    await world.restart();
    expect((await readdir(world.dir)).filter((name) => name.startsWith('access'))).toEqual([]);
  });

  it('has a line for each request, without its query', async () => {
    const instance = await world.instance('a', (_, response) => response.writeHead(201).end('four'));
    await world.apply([slot('stable', 100, [instance], 'r1')], { accessLog: file, syntheticToken: 'token' });
    const headers = { 'x-forwarded-for': '10.0.0.1', 'x-sluice-synthetic': 'token' };
    await world.send({ method: 'POST', path: '/basket?token=s3cret', headers });
    expect(await written(1)).toEqual([
      {
        ...{ at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown, method: 'POST', path: '/basket', status: 201 },
        ...{ slot: 'stable', release: 'r1', instance: 'a', bytes: 4, ms: expect.any(Number) as unknown },
        ...{ client: '127.0.0.1', forwardedFor: '10.0.0.1', synthetic: true, pinned: false },
      },
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain('s3cret');
  });

  it('has what the router answered itself, and clients that left', async () => {
    const instance = await world.instance('a', () => undefined);
    await world.apply([slot('stable', 100, [instance])], { accessLog: file, secret });
    const none = { slot: null, instance: null };
    await world.send({ method: 'OPTIONS', path: '*' });
    await world.send({ headers: { [pinHeader]: 'forged' } });
    const expires = Math.floor(Date.now() / 1_000) + 60;
    const pin = signPin(secret, { project: 'app', environment: 'production', slot: 'stable', expires });
    const sent = open(world.port(), { headers: { [pinHeader]: pin } });
    sent.on('error', () => undefined).end();
    await until(() => instance.seen() === 1);
    sent.destroy();
    expect(await written(3)).toMatchObject([
      { ...none, status: 400, path: '*' },
      { ...none, status: 403, path: '/' },
      { status: null, pinned: true, slot: 'stable', instance: 'a' },
    ]);
  });

  it('has a connection that changed its protocol when it is over', async () => {
    const instance = await world.instance('a');
    instance.server.on('upgrade', (_, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nfour');
    });
    await world.apply([slot('stable', 100, [instance])], { accessLog: file });
    const sent = open(world.port(), { headers: { connection: 'upgrade', upgrade: 'x' } });
    sent.on('upgrade', (_, socket) => socket.resume()).end();
    expect(await written(1)).toMatchObject([{ status: 101, bytes: 4, instance: 'a' }]);
  });

  it('stops no request where it can not be written, says so once, and goes on when it can', async () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    await mkdir(file); // no file can be opened there
    await world.apply([slot('stable', 100, [await world.instance('a')])], { accessLog: file });
    for (let i = 0; i < 3; i += 1) expect((await world.send()).status).toBe(200);
    await until(() => said.mock.calls.length > 0);
    await world.send();
    await rm(file, { recursive: true });
    await until(async () => {
      await world.send();
      return (await linesOf(file)).length > 0;
    });
    await until(() => said.mock.calls.length > 1);
    expect(said.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/^Requests are not written to .*EISDIR/),
      expect.stringMatching(/again; [345] are missing$/),
    ]);
  });

  it('is whole when the router leaves', async () => {
    await world.apply([slot('stable', 100, [await world.instance('a')])], { accessLog: file });
    for (let i = 0; i < 20; i += 1) await world.send();
    await world.restart();
    expect(await linesOf(file)).toHaveLength(20);
  });

  it('is turned when it is too long, and keeps three of before', async () => {
    const log = createAccessLog({ logSize: 1_000, logCopies: 3 });
    for (let i = 0; i < 100; i += 1) {
      log.write(file, { ...access, bytes: i });
      await log.flush();
    }
    const names = (await readdir(world.dir)).filter((name) => name.startsWith('access')).sort();
    expect(names.slice(-3)).toEqual(['access.jsonl.1', 'access.jsonl.2', 'access.jsonl.3']);
    const kept = (await Promise.all(names.map((name) => linesOf(join(world.dir, name))))).flat();
    const numbers = kept.map((line) => (JSON.parse(line) as Access).bytes).sort((one, other) => one - other);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => 100 - numbers.length + index));
  });

  it('is turned once by two that write it, and loses no line', async () => {
    const logs = [1, 2].map(() => createAccessLog({ logSize: 4_000, logCopies: 100 }));
    for (let i = 0; i < 100; i += 1) {
      for (const [writer, log] of logs.entries()) log.write(file, { ...access, bytes: 2 * i + writer });
      await Promise.all(logs.map((log) => log.flush()));
    }
    const names = (await readdir(world.dir)).filter((name) => name.startsWith('access'));
    const kept = await Promise.all(names.map((name) => linesOf(join(world.dir, name))));
    const numbers = kept.flat().map((line) => (JSON.parse(line) as Access).bytes);
    expect(numbers.sort((one, other) => one - other)).toEqual(Array.from({ length: 200 }, (_, index) => index));
    const least = 4_000 / JSON.stringify(access).length - 1;
    expect(names.length).toBeGreaterThan(3);
    for (const [at, lines] of kept.entries())
      if (names[at] !== 'access.jsonl') expect(lines.length).toBeGreaterThan(least / 2);
  });

  it('loses what comes faster than the disk takes it, and says so', async () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const log = createAccessLog();
    for (let i = 0; i < 50_010; i += 1) log.write(file, access);
    await log.flush();
    expect(await linesOf(file)).toHaveLength(50_000);
    expect(said.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/the disk is too slow$/),
      expect.stringMatching(/again; 10 are missing$/),
    ]);
  });
});
