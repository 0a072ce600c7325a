import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStateStore } from '@sluice/adapters/files';
import { aState } from '@sluice/core/testing';
import { findHost } from '../client';
import { eventually } from '../supervisor/testing';
import { buildHost, endProcesses, type HostProgram } from '../testing/host-program';
import { againExit } from '../unit';

jest.setTimeout(90_000); // processes start as slowly as the machine is busy

let program: HostProgram;
let root: string;
beforeAll(async () => (program = await buildHost()));
afterAll(() => program.remove());
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'sluice-controller-')));
  await mkdir(join(root, '.sluice/host'), { recursive: true });
});
afterEach(async () => {
  await endProcesses(root);
  await rm(root, { recursive: true, force: true });
});

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [program.controller, '--root', root, ...args], { cwd: root, stdio: 'ignore' });
const answering = () =>
  eventually(async () => {
    const host = await findHost(root);
    if (!host) throw new Error('no host answers');
    return host;
  });

describe('a controller that systemd started', () => {
  it('ends with 0 at once where nothing is live, and starts nothing', async () => {
    expect(await once(start('--unless-idle'), 'exit')).toEqual([0, null]);
    expect(await findHost(root)).toBeNull();
  });

  it('serves where something is live, and asks to be started again when it is told to give way', async () => {
    await createStateStore(root).save(aState());
    const controller = start('--unless-idle');
    await answering();
    const left = once(controller, 'exit');
    controller.kill('SIGTERM');
    expect(await left).toEqual([againExit, null]);
  });

  it('fails beside another one, so that it is started again to see whether that is gone', async () => {
    await createStateStore(root).save(aState());
    start();
    await answering();
    expect(await once(start('--unless-idle'), 'exit')).toEqual([1, null]);
  });
});

it('a controller ends with 0 when it is asked to, since nothing is live', async () => {
  const controller = start();
  const host = await answering();
  const left = once(controller, 'exit');
  expect(await host.close()).toBe(true);
  expect(await left).toEqual([0, null]);
});
