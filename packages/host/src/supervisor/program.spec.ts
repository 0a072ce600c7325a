import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './program';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-program-'));
  for (const name of ['run', 'text']) await writeFile(join(folder, name), '#!/bin/sh\n');
  await chmod(join(folder, 'run'), 0o755);
  await mkdir(join(folder, 'directory'));
});
afterEach(() => rm(folder, { recursive: true }));

it.each([
  ['node', process.execPath],
  ['./run', 'run'],
  ['run', 'run'],
  ['text', null],
  ['directory', null],
  ['./directory', null],
  ['../run', null],
  ['nothing', null],
  ['', null],
])('"%s" is %s', async (name, found) => {
  const expected = found === null || found === process.execPath ? found : join(folder, found);
  expect(await findProgram(name, folder, `relative:/nowhere:${folder}`)).toBe(expected);
});

it('the first folder of the search path wins', async () => {
  await mkdir(join(folder, 'first'));
  await writeFile(join(folder, 'first', 'run'), '#!/bin/sh\n', { mode: 0o755 });
  expect(await findProgram('run', folder, `${join(folder, 'first')}:${folder}`)).toBe(join(folder, 'first', 'run'));
});
