import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connectivityCheck } from './connectivity';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))));

/** A server that says this whenever it was told something; what it was told is kept. */
async function serving(answer: (told: Buffer, socket: Socket) => Buffer | string | null) {
  const told: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (part: Buffer) => {
      told.push(part);
      const said = answer(part, socket);
      if (said !== null) socket.write(said);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, told };
}

async function look(url: string) {
  const services = [{ name: 'it', url, critical: true, timeout: 500 }];
  const { status, reason } = await connectivityCheck().run({ services }, new AbortController().signal);
  return [status, reason.replace(/^it \(.*?\): /, '')];
}

/** A message of PostgreSQL's protocol: kind, length, fields. */
function message(kind: string, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length + 4);
  return Buffer.concat([Buffer.from(kind), length, bytes]);
}
const refusal = (code: string, words: string) => message('E', `SFATAL\0VFATAL\0C${code}\0M${words}\0\0`);
const wantsPassword = message('R', Buffer.from([0, 0, 0, 5, 1, 2, 3, 4]));

describe('a postgres:// service', () => {
  it.each<[string, Buffer | string, string[]]>([
    ['answers when it wants a password', wantsPassword, ['pass', '1 service answered']],
    ['answers when it does not know the user', refusal('28000', 'no such role'), ['pass', '1 service answered']],
    [
      'does not answer while it starts',
      refusal('57P03', 'the database system is starting up'),
      ['fail', 'it takes no connection yet: the database system is starting up'],
    ],
    [
      'is no PostgreSQL when it speaks HTTP',
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      ['fail', 'what answers is no PostgreSQL'],
    ],
    ['is no PostgreSQL when it begins as one', 'Rubbish', ['fail', 'what answers is no PostgreSQL']],
    ['does not answer when its message never ends', wantsPassword.subarray(0, 7), ['fail', 'no answer within 500ms']],
  ])('%s', async (_, said, expected) => {
    const { port } = await serving(() => said);
    expect(await look(`postgres://127.0.0.1:${port}`)).toEqual(expected);
  });

  it('answers in as many pieces as it likes', async () => {
    const { port } = await serving((_, socket) => {
      socket.write(wantsPassword.subarray(0, 3), () => setImmediate(() => socket.write(wantsPassword.subarray(3))));
      return null;
    });
    expect(await look(`postgresql://127.0.0.1:${port}`)).toEqual(['pass', '1 service answered']);
  });

  it('is told version 3.0, user and database, and no password', async () => {
    const { port, told } = await serving(() => wantsPassword);
    await look(`postgres://dana:hunter2@127.0.0.1:${port}/orders`);
    const bytes = Buffer.concat(told);
    expect([bytes.readInt32BE(0), bytes.readInt32BE(4)]).toEqual([bytes.length, 196_608]);
    expect(bytes.toString('utf8', 8)).toBe('user\0dana\0database\0orders\0application_name\0sluice\0\0');
  });

  it('does not answer when it takes the connection and hangs up', async () => {
    const { port } = await serving((_, socket) => {
      socket.end();
      return null;
    });
    expect(await look(`postgres://127.0.0.1:${port}`)).toEqual(['fail', 'it closed the connection without an answer']);
  });
});

describe('a redis:// service', () => {
  it.each<[string, string, string, string[]]>([
    ['answers PING', '', '+PONG\r\n', ['pass', '1 service answered']],
    ['answers when it wants a password', '', '-NOAUTH Authentication required.\r\n', ['pass', '1 service answered']],
    [
      'does not answer while it loads',
      '',
      '-LOADING Redis is loading the dataset in memory\r\n',
      ['fail', 'it answered LOADING Redis is loading the dataset in memory'],
    ],
    ['answers after it took the password', ':hunter2@', '+OK\r\n+PONG\r\n', ['pass', '1 service answered']],
    [
      'does not answer to a wrong password',
      ':hunter2@',
      '-WRONGPASS invalid username-password pair\r\n-NOAUTH Authentication required.\r\n',
      ['fail', 'it refuses the password'],
    ],
    ['is no Redis when it speaks HTTP', '', 'HTTP/1.1 400 Bad Request\r\n', ['fail', 'what answers is no Redis']],
    ['is no Redis when it says something else', '', '+HELLO\r\n', ['fail', 'what answers is no Redis']],
    ['does not answer when its line never ends', '', '+PO', ['fail', 'no answer within 500ms']],
  ])('%s', async (_, login, said, expected) => {
    const { port } = await serving(() => said);
    expect(await look(`redis://${login}127.0.0.1:${port}`)).toEqual(expected);
  });

  it('is sent AUTH with user and password, then PING, and neither is printed', async () => {
    const { port, told } = await serving(() => '-ERR invalid password\r\n-NOAUTH Authentication required.\r\n');
    const services = [{ name: 'it', url: `redis://me:p%40ss@127.0.0.1:${port}`, critical: true, timeout: 500 }];
    const found = await connectivityCheck().run({ services }, new AbortController().signal);
    expect(Buffer.concat(told).toString()).toBe('*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$4\r\np@ss\r\n*1\r\n$4\r\nPING\r\n');
    expect(JSON.stringify(found)).not.toMatch(/p@ss|p%40ss/);
  });
});

describe('a service of a Compose file', () => {
  const service = (url: string) => ({ name: 'it', url, critical: true, timeout: 500, from: 'compose' as const });
  const signal = new AbortController().signal;

  it('is looked at by its name, with its address', async () => {
    const { port } = await serving(() => '+PONG\r\n');
    for (const url of [`redis://cache:${port}`, `tcp://cache:${port}`]) {
      const found = await connectivityCheck({ cache: '127.0.0.1' }).run({ services: [service(url)] }, signal);
      expect(found.status).toBe('pass');
    }
  });

  it('is not looked for elsewhere when it is not there', async () => {
    const found = await connectivityCheck({}).run({ services: [service('http://localhost:1/')] }, signal);
    expect(found).toMatchObject({
      status: 'fail',
      reason: 'it (http://localhost:1/): no container of a service "localhost" runs',
    });
  });

  it('is not looked at from the host', async () => {
    expect(await connectivityCheck().run({ services: [service('tcp://db:5432')] }, signal)).toMatchObject({
      status: 'skip',
    });
  });
});
