import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from '@sluice/core';
import { findComposeTool } from './compose-tool';
import { openCompose } from './surroundings';
import { fakeEngine, type FakeContainer, type FakeEngine } from './testing/fake-engine';

let root: string;
let engine: FakeEngine;
const kept = { PATH: process.env['PATH'], DOCKER_HOST: process.env['DOCKER_HOST'] };

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sluice-fake-compose-'));
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'compose.yaml'), '');
  engine = await fakeEngine(join(root, 'engine.sock'));
  process.env['PATH'] = join(root, 'bin');
  process.env['DOCKER_HOST'] = engine.endpoint;
});
afterEach(async () => {
  for (const [name, value] of Object.entries(kept)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  await engine.close();
  rmSync(root, { recursive: true });
});

const signal = new AbortController().signal;
const open = (timeout = 500, at = signal) =>
  openCompose(
    {
      ...{ root, project: 'app', app: [], timeout, say: () => undefined },
      file: { path: join(root, 'compose.yaml'), shown: 'compose.yaml', name: 'sluice-app-1' },
    },
    at,
  );
const converge = async (timeout?: number) => (await open(timeout)).converge(signal);

const config = 'services: {db: {image: "some:1"}}';
/** A `docker-compose` that says its version and resolves the file, and does this for any other command. */
function tool(otherwise: string, { version = 'echo 1.29.2', resolve = `echo '${config}'` } = {}): void {
  program(
    'docker-compose',
    `case "$*" in *version*) ${version};; *--hash*) echo "db h";; *config*) ${resolve};; *) ${otherwise};; esac`,
  );
}
function program(name: string, script: string): void {
  const path = join(root, 'bin', name);
  writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> ${root}/calls\n${script}\n`);
  chmodSync(path, 0o755);
}
const calls = () => readFileSync(join(root, 'calls'), 'utf8');

describe('a Compose that does not do what it says', () => {
  it('is no pass when it ends with 0 and started nothing', async () => {
    tool('exit 0');
    expect(await converge()).toMatchObject({ status: 'fail', reason: 'db: not there' });
  });

  it('is no pass when it hangs', async () => {
    tool('exec /bin/sleep 600');
    expect(await converge(300)).toMatchObject({
      status: 'fail',
      reason: 'compose up did not end within 300ms; db: not there',
    });
  });

  it('is no pass when it prints rubbish and fails', async () => {
    tool('echo "all is well"; exit 3');
    expect(await converge()).toMatchObject({
      status: 'fail',
      reason: 'compose up ended with exit code 3\nall is well; db: not there',
    });
  });

  it('is no pass when it fails, though the containers are there', async () => {
    tool('exit 1');
    engine.containers.push({ service: 'db' }, { service: 'left-over' });
    expect(await converge()).toMatchObject({ status: 'fail', reason: 'compose up ended with exit code 1' });
  });

  it.each(['echo rubbish', 'exit 0', 'echo "services: 3"'])(
    'is refused when it resolves the file by %s',
    async (resolve) => {
      tool('exit 0', { resolve });
      await expect(converge()).rejects.toMatchObject({ code: 'COMPOSE_INVALID' });
    },
  );

  it('is refused in its own words when it does not take the file', async () => {
    tool('exit 0', { resolve: 'echo "services.db: no image" >&2; exit 15' });
    await expect(converge()).rejects.toMatchObject({
      code: 'COMPOSE_INVALID',
      message: "compose.yaml can't be used: services.db: no image",
    });
  });

  it('is not used when it does not say its version', async () => {
    program('docker', 'echo "docker: unknown command: docker compose" >&2; exit 1');
    tool('exit 0', { version: 'echo welcome' });
    await expect(converge()).rejects.toMatchObject({
      code: 'COMPOSE_MISSING',
      message:
        'compose.yaml is there, but nothing that runs it: "docker compose" ended with exit code 1; "docker-compose" does not say its version.',
    });
  });

  it('is not used when it does not answer', async () => {
    tool('exit 0', { version: 'exec /bin/sleep 600' });
    const place = { cwd: root, env: { PATH: join(root, 'bin') } };
    await expect(findComposeTool('compose.yaml', place, signal, 200)).rejects.toMatchObject({
      code: 'COMPOSE_MISSING',
      message: expect.stringContaining('"docker-compose" gave no answer within 0.2 s') as string,
    });
  });
});

describe('bringing up what a Compose file describes', () => {
  it('prefers "docker compose", and tells it the engine and a name of its own', async () => {
    tool('exit 0');
    program(
      'docker',
      `case "$*" in *version*) echo v2.36.2;; *--hash*) ;; *config*) echo '${config}';; *) echo $DOCKER_HOST >> ${root}/calls;; esac`,
    );
    expect(await open()).toMatchObject({ tool: 'docker compose', version: '2.36.2' });
    await converge();
    expect(calls()).toMatch(/docker compose -f \S+ --project-directory \S+ -p sluice-app-1 up --detach/);
    expect(calls()).toContain(engine.endpoint);
    expect(calls()).not.toContain('docker-compose ');
  });

  it('runs nothing that changes anything where all is as described', async () => {
    tool('exit 1');
    engine.containers.push({ service: 'db', health: 'healthy' });
    expect(await converge()).toMatchObject({
      status: 'pass',
      reason: '1 service: db healthy; nothing was changed',
    });
    expect(calls()).not.toContain(' up ');
  });

  it.each<[string, FakeContainer[]]>([
    ['is from another image than there is now', [{ service: 'db', image: 'sha256:0' }]],
    ['is not the only one', [{ service: 'db' }, { service: 'gone' }]],
    ['is not well', [{ service: 'db', state: 'exited', exitCode: 1 }]],
  ])('brings up anew where a container %s', async (_, containers) => {
    tool('exit 0');
    engine.containers.push(...containers);
    await converge();
    expect(calls()).toContain(' up ');
  });

  it('is ended by the signal, with what it runs', async () => {
    tool(`echo begun >> ${root}/calls; exec /bin/sleep 600`);
    const stop = new AbortController();
    const around = await open(60_000);
    const clock = { now: () => Date.now(), sleepUntil: () => new Promise<void>(() => undefined) };
    const check = { name: 'containers', tool: '', version: '', timeLimit: 60_000 };
    const run = runChecks([{ ...check, run: (_: null, at: AbortSignal) => around.converge(at) }], null, {
      clock,
      signal: stop.signal,
    });
    const late = performance.now() + 20_000;
    while (!calls().includes('begun') && performance.now() < late) await new Promise((done) => setImmediate(done));
    stop.abort(new Error('stopped by hand'));
    await expect(run).rejects.toThrow('stopped by hand');
  });

  it('rejects where there is no engine, before it looks for Compose', async () => {
    process.env['DOCKER_HOST'] = `unix://${root}/nobody.sock`;
    await expect(open()).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringContaining('nobody.sock') as string,
    });
    process.env['DOCKER_HOST'] = 'ssh://somewhere';
    await expect(open()).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  });

  it('finds the engine by the current context of docker', async () => {
    Reflect.deleteProperty(process.env, 'DOCKER_HOST');
    program('docker', `case "$*" in *context*) echo ${engine.endpoint};; *) exit 1;; esac`);
    tool('exit 0');
    expect(await open()).toMatchObject({ tool: 'docker-compose', version: '1.29.2' });
  });
});
