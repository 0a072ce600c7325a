import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockShipped, readShipped, uniqueShipped } from './shipped';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shipped-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (file: string, content: unknown) => writeFile(join(folder, file), JSON.stringify(content));
const stated = { dependencies: { left: '^1.0.0' } };

describe('what a folder ships', () => {
  it('is what its lockfile holds for production', async () => {
    await write('package.json', stated);
    await write('package-lock.json', {
      lockfileVersion: 3,
      packages: {
        '': { name: 'app', version: '1.0.0' },
        'node_modules/left': { version: '1.0.0' },
        'node_modules/left/node_modules/@acme/right': { version: '2.0.0' },
        'node_modules/alias': { name: 'real', version: '3.0.0' },
        'node_modules/optional': { version: '4.0.0', optional: true },
        'node_modules/tool': { version: '5.0.0', dev: true },
        'node_modules/library': { link: true, resolved: 'libs/library' },
        'libs/library': { version: '0.0.0' },
      },
    });

    expect(await readShipped(folder)).toEqual([
      { name: 'left', version: '1.0.0' },
      { name: '@acme/right', version: '2.0.0' },
      { name: 'real', version: '3.0.0' },
      { name: 'optional', version: '4.0.0' },
    ]);
  });

  it.each([
    ['there is no package.json', null],
    ['it states no dependency', { devDependencies: { jest: '30' } }],
  ])('is nothing where %s', async (_, content) => {
    if (content) await write('package.json', content);

    expect(await readShipped(folder)).toEqual([]);
  });

  it('is what lies in node_modules where no npm lockfile says it', async () => {
    const install = async (path: string, name: string, version: string) => {
      await mkdir(join(folder, path), { recursive: true });
      await write(`${path}/package.json`, { name, version });
    };
    await install('node_modules/left', 'left', '1.0.0');
    await install('node_modules/left/node_modules/@acme/right', '@acme/right', '2.0.0');
    await install('node_modules/.pnpm/up@3.0.0/node_modules/up', 'up', '3.0.0');
    await install('node_modules/.bin/none', 'none', '9.0.0');

    expect(uniqueShipped(await readShipped(folder))).toEqual([
      { name: '@acme/right', version: '2.0.0' },
      { name: 'left', version: '1.0.0' },
      { name: 'up', version: '3.0.0' },
    ]);
  });

  it('is all of that, also where a lockfile beside it says less', async () => {
    await write('package.json', stated);
    await write('package-lock.json', { lockfileVersion: 3, packages: { 'node_modules/left': { version: '1.0.0' } } });
    for (const path of ['workspace_modules/own/node_modules/deep', 'functions/a/node_modules/near']) {
      await mkdir(join(folder, path), { recursive: true });
      await write(`${path}/package.json`, { name: path.split('/').at(-1), version: '2.0.0' });
    }

    expect(uniqueShipped(await readShipped(folder))).toEqual([
      { name: 'deep', version: '2.0.0' },
      { name: 'left', version: '1.0.0' },
      { name: 'near', version: '2.0.0' },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['there is no lockfile', undefined, 'neither a lockfile nor node_modules says which versions'],
    ['the lockfile is of npm 6', { lockfileVersion: 1, dependencies: {} }, 'is not what npm writes'],
    ['the lockfile is cut off', 'x', 'is not what npm writes'],
  ])('is not guessed where %s', async (_, lock, problem) => {
    await write('package.json', stated);
    if (lock !== undefined) await write('package-lock.json', lock);

    await expect(readShipped(folder)).rejects.toThrow(problem);
  });
});

it('takes each version of a package once, in order', () => {
  const [left, one, two] = [
    { name: 'left', version: '1.0.0' },
    { name: 'right', version: '1.0.0' },
    { name: 'right', version: '2.0.0' },
  ];

  expect(uniqueShipped([two, left, one, { ...left }])).toEqual([left, one, two]);
});

it('locks several versions of a package side by side', () => {
  const files = lockShipped([
    { name: 'right', version: '1.0.0' },
    { name: 'right', version: '2.0.0' },
  ]);

  expect(files['package.json'].dependencies).toEqual({ p0: 'npm:right@1.0.0', p1: 'npm:right@2.0.0' });
  expect(files['package-lock.json'].packages).toMatchObject({
    'node_modules/p0': { name: 'right', version: '1.0.0' },
    'node_modules/p1': { name: 'right', version: '2.0.0' },
  });
});
