import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allSettled, replaceFile } from './durable-file';
import { errorOf, removeScratch, scratchFolder } from './testing/scratch-folder';

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

  it('leaves everything as it was when it fails', async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, 'x'));
    writeFileSync(join(folder, 'x', 'inside'), 'kept');
    expect(await errorOf(replaceFile(join(folder, 'x'), 'text'))).toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(folder)).toEqual(['x']);
    expect(readdirSync(join(folder, 'x'))).toEqual(['inside']);
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
