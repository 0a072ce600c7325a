import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { open, readAll, responseTo } from './testing/visitor';
import { openWorld, slot, until, type World } from './testing/world';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const echo: RequestListener = (request, response) => {
  response.setHeader('x-saw', JSON.stringify(request.headers));
  request.pipe(response);
};

const head = (path: string, length: number) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n`;

describe('a body', () => {
  it.each([1, 1_000, 16_384, 65_535, 65_536, 1_000_000])('of %d bytes comes back as it was', async (length) => {
    await world.apply([slot('stable', 100, [await world.instance('echo', echo)])]);
    const body = Array.from({ length }, (_, index) => String.fromCharCode(33 + (index % 90))).join('');
    const headers = { 'content-length': String(length) };
    expect((await world.send({ method: 'POST', headers, body })).body === body).toBe(true);
  });

  it('keeps to the framing that it came in', async () => {
    await world.apply([slot('stable', 100, [await world.instance('echo', echo)])]);
    const framings = [{ 'content-length': '4' }, { 'transfer-encoding': 'chunked' }];
    for (const framing of framings) {
      const { body, headers } = await world.send({ method: 'POST', headers: framing, body: 'body' });
      expect(body).toBe('body');
      expect(JSON.parse(String(headers['x-saw']))).toMatchObject(framing);
    }
  });

  it('that comes with its head leaves the next request on the connection alone', async () => {
    await world.apply([slot('stable', 100, [await world.instance('echo', echo)])]);
    const socket = connect(world.port(), '127.0.0.1');
    socket.write(`${head('/1', 5)}\r\nfirst${head('/2', 6)}Connection: close\r\n\r\nsecond`);
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString()));
    await once(socket, 'end');
    expect(text.match(/first|second/g)).toEqual(['first', 'second']);
  });

  it('goes on when its first part alone came with its head', async () => {
    await world.apply([slot('stable', 100, [await world.instance('echo', echo)])]);
    const socket = connect(world.port(), '127.0.0.1');
    socket.write(`${head('/', 9)}Connection: close\r\n\r\nfirst`);
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString()));
    await until(() => text.includes('first'));
    socket.write('last');
    await once(socket, 'end');
    expect(text).toMatch(/first[^]*last/);
  });

  it('that came as a whole does not hide from the instance that its client has left', async () => {
    let gone = false;
    const waiting = await world.instance('waiting', (request, response) => {
      request.resume();
      response.once('close', () => (gone = true));
    });
    await world.apply([slot('stable', 100, [waiting])]);
    const sent = open(world.port(), { method: 'POST', headers: { 'content-length': '4' } });
    sent.on('error', () => undefined).end('body');
    await until(() => waiting.seen() === 1);
    sent.destroy();
    await until(() => gone);
  });

  it('that came as a whole is not sent twice to an instance that dies of it', async () => {
    const dying = await world.instance('dying', (request) => request.socket.destroy());
    const other = await world.instance('other');
    await world.apply([slot('stable', 100, [dying, other])]);
    const sent = open(world.port(), { method: 'POST', headers: { 'content-length': '4' } });
    sent.end('body');
    const response = await responseTo(sent);
    await readAll(response);
    expect([response.statusCode, dying.seen(), other.seen()]).toEqual([502, 1, 0]);
  });
});
