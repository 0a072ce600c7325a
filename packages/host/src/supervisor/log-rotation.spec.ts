import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulatedClock } from '@sluice/core/testing';
import { readLines } from './log-file';
import { createRotator, rotateLog } from './log-rotation';

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-rotation-'));
  log = join(folder, 'one.log');
});
afterEach(() => rm(folder, { recursive: true }));

const read = (path: string) => readFile(path, 'utf8');
const everything = { from: -Infinity, limit: 1000 };
const nobody = () => undefined;

describe('a log that is rotated', () => {
  it('is a copy and an empty file, at whose end its writer goes on', async () => {
    const writer = await open(log, 'a');
    await writer.write('old\n');
    const cut: number[] = [];
    await rotateLog(log, 3, (bytes) => void cut.push(bytes));
    await writer.write('new\n');
    await writer.close();
    expect([await read(`${log}.1`), await read(log)]).toEqual(['old\n', 'new\n']);
    expect(cut).toEqual([4]);
  });

  it('keeps as many copies as it is told to, the newest first', async () => {
    for (const line of ['a', 'b', 'c', 'd']) {
      await appendFile(log, line);
      await rotateLog(log, 3, nobody);
    }
    expect(await Promise.all([1, 2, 3].map((number) => read(`${log}.${number}`)))).toEqual(['d', 'c', 'b']);
    expect(existsSync(`${log}.4`)).toBe(false);
  });

  it('is read together with its copies', async () => {
    for (const lines of ['one\ntwo\n', 'three\n']) {
      await appendFile(log, lines);
      await rotateLog(log, 3, nobody);
    }
    await appendFile(log, 'four\n');
    expect(readLines(log, everything)).toEqual(['one', 'two', 'three', 'four']);
    expect(readLines(log, { ...everything, from: -6 })).toEqual(['three', 'four']);
    expect(readLines(log, { ...everything, from: -10 })).toEqual(['two', 'three', 'four']);
    expect(readLines(log, { ...everything, from: 0 })).toEqual(['four']);
    expect(readLines(log, { from: -6, limit: 8 })).toEqual(['(3 bytes before this are left out)', 'four']);
  });
});

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('on a full disk older copies make room for newer ones', async () => {
  await writeFile(log, 'long enough');
  await writeFile(`${log}.2`, 'older');
  await symlink('/dev/full', `${log}.next`); // takes nothing
  await rotateLog(log, 3, nobody);
  expect([await read(`${log}.1`), await read(log)]).toEqual(['long enough', '']);
  expect(existsSync(`${log}.2`)).toBe(false);
});

describe('the rotator', () => {
  const clock = simulatedClock();
  const limits = { logSize: 10, logCopies: 3, rotateAgainAfter: 1000 };
  const reports: string[] = [];
  const rotate = createRotator({ clock, limits, report: (what) => void reports.push(what) });

  it('leaves a log alone that is short', async () => {
    await writeFile(log, 'short');
    await rotate(log, 5, nobody);
    expect(await read(log)).toBe('short');
  });

  it('rotates a log once when it is asked twice', async () => {
    await writeFile(log, 'long enough');
    const cuts: number[] = [];
    const cut = (bytes: number) => void cuts.push(bytes);
    await Promise.all([rotate(log, 11, cut), rotate(log, 11, cut)]);
    expect(cuts).toEqual([11]);
  });

  it('never fails: it tells what is wrong, and tries again after a while', async () => {
    await writeFile(log, 'long enough');
    await mkdir(`${log}.next`);
    await rotate(log, 11, nobody);
    await rotate(log, 11, nobody);
    expect(reports).toEqual([`the log ${log}, which is not rotated for now`]);
    await rm(`${log}.next`, { recursive: true });
    await clock.sleepUntil(clock.now() + 1000, new AbortController().signal);
    await rotate(log, 11, nobody);
    expect(await read(log)).toBe('');
  });
});
