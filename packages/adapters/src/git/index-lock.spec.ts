import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeScratch, scratchFolder } from '../files/testing/scratch-folder';
import { awaitIndex } from './index-lock';

afterAll(removeScratch);

function locked(): { folder: string; file: string } {
  const folder = scratchFolder();
  const file = join(folder, 'index.lock');
  writeFileSync(file, '');
  return { folder, file };
}

it('waits for a git command that goes on, and no longer', async () => {
  const { folder, file } = locked();
  const waited = awaitIndex(folder).then(() => existsSync(file));
  setImmediate(() => rmSync(file));
  expect(await waited).toBe(false);
});

it('takes away what a command of long ago has left', async () => {
  const { folder, file } = locked();
  const ago = new Date(Date.now() - 2 * 60 * 60_000);
  utimesSync(file, ago, ago);
  await awaitIndex(folder);
  expect(existsSync(file)).toBe(false);
});

it('leaves a lock alone that may be held, when its time is over', async () => {
  const { folder, file } = locked();
  await awaitIndex(folder, 0);
  expect(existsSync(file)).toBe(true);
});
