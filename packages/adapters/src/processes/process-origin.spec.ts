import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readOrigin } from './process-origin';

it('tells what a process runs and what started it, whatever its words are', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'a b', ') R 1 (']);
  await once(child, 'spawn');
  const origin = readOrigin(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(origin).toEqual({ parent: process.pid, command: expect.stringMatching(/node.* a b \) R 1 \($/) as string });
});

it('knows nothing of a process that there is not', () => {
  expect(readOrigin(2 ** 22 + 1)).toBeNull();
});
