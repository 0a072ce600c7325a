import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeName, findLogs, logPath, readLines, removeLogsExcept } from './log-file';

describe('encodeName', () => {
  it.each([
    ['app', 'app'],
    ['@scope/app', '%40scope%2Fapp'],
    ['..', '%2E%2E'],
    ['.hidden', '%2Ehidden'],
    ['a\\b', 'a%5Cb'],
  ])('makes one segment of %s', (name, segment) => {
    expect(encodeName(name)).toBe(segment);
  });
});

it('a log lies in the folder of its project and environment', () => {
  const workload = { project: '@scope/app', environment: 'production', release: '1a2b3c4d5e6f' };
  expect(logPath('/host', workload, 2)).toBe('/host/logs/%40scope%2Fapp/production/1a2b3c4d5e6f-2.log');
});

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-log-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('findLogs', () => {
  const workload = { project: 'app', environment: 'production', release: 'a1' };

  it('finds the logs of one release in the order of its instances', async () => {
    const logs = [1, 2, 10].map((number) => logPath(folder, workload, number));
    const others = [
      logPath(folder, { ...workload, release: 'a1-b' }, 1),
      logPath(folder, { ...workload, release: 'a' }, 1),
    ];
    await mkdir(dirname(logPath(folder, workload, 1)), { recursive: true });
    for (const path of [...logs, ...others]) await writeFile(path, '');
    expect(await findLogs(folder, workload)).toEqual(logs);
  });

  it('finds none of a release that never ran', async () => {
    expect(await findLogs(folder, workload)).toEqual([]);
  });
});

it('the logs of releases that are gone are removed, with their copies', async () => {
  const workload = { project: '@scope/app', environment: 'production', release: 'gone' };
  const gone = logPath(folder, workload, 1);
  const kept = logPath(folder, { ...workload, release: 'kept' }, 1);
  const foreign = logPath(folder, { ...workload, project: 'other' }, 1);
  for (const path of [gone, `${gone}.2`, kept, foreign]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '');
  }
  await removeLogsExcept(folder, '@scope/app', ['kept']);
  expect([gone, `${gone}.2`, kept, foreign].map(existsSync)).toEqual([false, false, true, true]);
  await removeLogsExcept(folder, 'never-ran', []);
});

describe('readLines', () => {
  let path: string;
  beforeEach(async () => {
    path = join(folder, 'one.log');
    await writeFile(path, 'first\nsecond\r\nthird\nfourth');
  });

  it.each<[string, Parameters<typeof readLines>[1], string[]]>([
    ['reads all lines', { from: 0, limit: 1000 }, ['first', 'second', 'third', 'fourth']],
    ['reads the last lines', { from: 0, limit: 1000, last: 2 }, ['third', 'fourth']],
    ['reads no last lines', { from: 0, limit: 1000, last: 0 }, []],
    ['reads what lies behind a byte', { from: 6, limit: 1000 }, ['second', 'third', 'fourth']],
    ['reads nothing behind the end', { from: 26, limit: 1000 }, []],
    ['reads from the start when the file was truncated', { from: 99, limit: 1000, last: 1 }, ['fourth']],
    ['says what it left out', { from: 0, limit: 10 }, ['(16 bytes before this are left out)', 'fourth']],
  ])('%s', (_, options, lines) => {
    expect(readLines(path, options)).toEqual(lines);
  });

  it('reads nothing where there is no file', () => {
    expect(readLines(join(folder, 'none.log'), { from: 0, limit: 1000 })).toEqual([]);
  });
});
