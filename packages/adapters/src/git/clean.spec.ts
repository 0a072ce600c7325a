import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeIgnored } from './clean';
import { git } from './run';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'clean-')));
  await git(folder, 'init', '--quiet');
  await writeFile(join(folder, '.gitignore'), 'dist\n');
  for (const name of ['app/dist', 'app/src', 'lib/dist']) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'file.js'), '1');
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('deletes what is ignored below the path, and nothing else', async () => {
  await removeIgnored(folder, 'app');

  expect(['app/dist', 'app/src/file.js', 'lib/dist'].map((path) => existsSync(join(folder, path)))).toEqual([
    false,
    true,
    true,
  ]);
});

it('deletes no file that is not ignored, whatever it is asked for', async () => {
  await removeIgnored(folder, 'app/src');

  expect(existsSync(join(folder, 'app/src/file.js'))).toBe(true);
});
