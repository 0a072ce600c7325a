import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSecret } from './secret';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-secret-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const file = () => join(dir, 'secret');

describe('the secret of a workspace', () => {
  it('is made once, and is for its owner alone', async () => {
    const secret = await readSecret(dir);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await readSecret(dir)).toBe(secret);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('is one for all who ask at the same time', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => readSecret(dir)));
    expect(new Set(secrets).size).toBe(1);
    expect(await readdir(dir)).toEqual(['secret']);
  });

  it('is made anew where its file is cut off', async () => {
    await writeFile(file(), 'abc');
    const secret = await readSecret(dir);
    expect(await readFile(file(), 'utf8')).toBe(`${secret}\n`);
    expect(await readSecret(dir)).toBe(secret);
  });
});
