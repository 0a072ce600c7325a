import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allSettled, ownerOnly, replaceFile } from './durable-file';
import { errorOf, modeOf, removeScratch, scratchFolder } from '../files/testing/scratch-folder';

afterAll(removeScratch);

describe('replaceFile', () => {
  it('makes the folders and the file', async () => {
    const file = join(scratchFolder(), 'a', 'b', 'c.json');
    await replaceFile(file, 'one');
    expect(readFileSync(file, 'utf8')).toBe('one');
  });

  it('replaces what was there and leaves nothing beside it', async () => {
    const folder = scratchFolder();
    await replaceFile(join(folder, 'x'), 'a longer text');
    await replaceFile(join(folder, 'x'), 'short');
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('short');
    expect(readdirSync(folder)).toEqual(['x']);
  });

  it('lets others read a file unless it is told not to, and then not the folders that it makes either', async () => {
    const folder = scratchFolder();
    const umask = process.umask(0);
    try {
      await replaceFile(join(folder, 'open', 'x'), 'for everybody');
      await replaceFile(join(folder, 'closed', 'x'), 'a secret', ownerOnly);
      await replaceFile(join(folder, 'open', 'y'), 'for everybody');
      await replaceFile(join(folder, 'open', 'y'), 'a secret', ownerOnly);
    } finally {
      process.umask(umask);
    }
    const modes = ['open', 'open/x', 'open/y', 'closed', 'closed/x'].map((name) => modeOf(join(folder, name)));
    expect(modes).toEqual([0o777, 0o666, 0o600, 0o700, 0o600]);
  });

  it('leaves everything as it was when it fails', async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, 'x'));
    writeFileSync(join(folder, 'x', 'inside'), 'kept');
    expect(await errorOf(replaceFile(join(folder, 'x'), 'text'))).toMatchObject({
      code: 'PATH_UNUSABLE',
      message: `${join(folder, 'x')} can't be used: a folder is there, where a file belongs (EISDIR).`,
      remedy: `Nothing was changed. Look at what it is, then move it away: mv ${join(folder, 'x')} ${join(folder, 'x')}.away`,
    });
    expect(readdirSync(folder)).toEqual(['x']);
    expect(readdirSync(join(folder, 'x'))).toEqual(['inside']);
  });

  it.each(['', '/b', '/b/c'])('names the file that is where a folder belongs, above "x%s"', async (rest) => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'x'), 'kept');
    expect(await errorOf(replaceFile(join(folder, `x${rest}`, 'y'), 'text'))).toMatchObject({
      code: 'PATH_UNUSABLE',
      message: expect.stringMatching(
        new RegExp(`^${join(folder, 'x')} can't be used: a file is there, where a folder belongs`),
      ) as unknown,
    });
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('kept');
  });

  it('is whole for every reader while many write', async () => {
    const file = join(scratchFolder(), 'x');
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    await replaceFile(file, texts[0] ?? '');
    const writing = Promise.all(texts.map((text) => replaceFile(file, text)));
    const seen = new Set<string>();
    for (let n = 0; n < 50; n++) seen.add(readFileSync(file, 'utf8'));
    await writing;
    for (const text of seen) expect(texts).toContain(text);
  });
});

describe('allSettled', () => {
  it('rejects with the first error, after both are over', async () => {
    let over = false;
    const slow = new Promise((resolve) => setImmediate(resolve)).then(() => {
      over = true;
      throw new Error('second');
    });
    expect(await errorOf(allSettled(Promise.reject(new Error('first')), slow))).toMatchObject({ message: 'first' });
    expect(over).toBe(true);
  });
});
