import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readProcess } from '@sluice/adapters/processes';
import { adoptProcess, terminate } from './live-process';
import { clock, signal } from './testing';

let child: ChildProcess;
let pid: number;
beforeEach(async () => {
  child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 120_000); console.log()'], { detached: true });
  await once(child, 'spawn');
  pid = child.pid ?? 0;
});
afterEach(() => child.kill('SIGKILL'));

const end = (name: { pid: number; identity: string }) => terminate(name, 10_000, clock, 10, signal);
const identityOf = (number: number) => readProcess(number)?.identity ?? '';

it('ends a process that is the one it was', async () => {
  await end({ pid, identity: identityOf(pid) });
  expect(readProcess(pid)?.alive ?? false).toBe(false);
});

it('never signals a stranger who has the pid', async () => {
  await end({ pid, identity: 'another boot:1' });
  expect(readProcess(pid)).toMatchObject({ alive: true });
});

it('does not adopt a stranger who has the pid', () => {
  expect(adoptProcess({ pid, identity: 'another boot:1' }, clock, 10, signal)).toBeNull();
});

it('tells when an adopted process has gone', async () => {
  const adopted = adoptProcess({ pid, identity: identityOf(pid) }, clock, 10, signal);
  child.kill('SIGKILL');
  expect(await adopted?.exited).toBe('is gone');
});

it('does not wait for what has gone', async () => {
  const name = { pid, identity: identityOf(pid) };
  await end(name);
  await end(name);
});
