import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import project from '../project.json';

const dist = mkdtempSync(join(tmpdir(), 'app-'));
const children: ChildProcess[] = [];

/** Builds what would be shipped, by the command of the `build` target. */
beforeAll(() => {
  const tsup = join(require.resolve('tsup/package.json'), '../dist/cli-default.js');
  const [, ...args] = project.targets.build.command.split(' ').map((arg) => (arg === 'dist' ? dist : arg));
  execFileSync(process.execPath, [tsup, ...args], { cwd: join(__dirname, '..') });
});
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(() => rmSync(dist, { recursive: true }));

/** Runs the built service. `code` and `errors` (stderr) come when it has ended. */
function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [join(dist, 'main.js')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const port = new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (line: Buffer) => {
      const ready = /ready on port (\d+)/.exec(line.toString());
      if (ready !== null) resolve(Number(ready[1]));
    });
    void code.then(() => reject(new Error('it ended before it was ready')));
  });
  port.catch(() => {}); // of no interest to a test of the end
  return { child, port, code, errors: text(child.stderr) };
}

it('answers the request in flight on SIGTERM, and exits with 0', async () => {
  const { child, port, code } = run({ PORT: '0', FAULT: 'latency' });

  const inFlight = request({ port: await port, headers: { expect: '100-continue' } });
  inFlight.once('continue', () => child.kill('SIGTERM')); // the server has it, and takes 150 ms
  const response = new Promise<IncomingMessage>((resolve) => inFlight.once('response', resolve));
  inFlight.end();

  expect(await text(await response)).toMatch(/^Good morning from release first\./);
  expect(await code).toBe(0);
});

it('ends in the middle of the 15th request with FAULT=crash', async () => {
  const { port, code, errors } = run({ PORT: '0', FAULT: 'crash' });
  const url = `http://localhost:${await port}/`;
  for (let answered = 0; answered < 14; answered += 1) expect((await fetch(url)).status).toBe(200);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  expect(await code).toBe(1);
  expect(await errors).toBe('fatal: out of memory (FAULT=crash)\n');
});

it.each([
  [{}, 'cannot run: PORT must be a port number, 0 to 65535, and is not set\n'],
  [{ PORT: '0', FAULT: 'fire' }, 'cannot run: FAULT must be one of errors, latency, start, crash, and is "fire"\n'],
  [{ PORT: '0', FAULT: 'start' }, 'cannot run: the database refused the connection (FAULT=start)\n'],
])('exits with 1 and one clear line given %j', async (env, line) => {
  const { code, errors } = run(env);
  expect(await errors).toBe(line);
  expect(await code).toBe(1);
});
