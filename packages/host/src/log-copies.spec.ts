import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog, turnLog } from './log-copies';

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-copies-'));
  log = join(folder, 'controller.log');
});
afterEach(() => rm(folder, { recursive: true }));

const limits = { logSize: 5, logCopies: 2 };

describe('the log of a process of the host', () => {
  it('is put aside when the process starts and it is too long', async () => {
    for (const text of ['first long', 'second long', 'third long']) {
      await writeFile(log, text);
      turnLog(log, limits);
    }
    expect(existsSync(log)).toBe(false);
    expect(await Promise.all([1, 2].map((number) => readFile(`${log}.${number}`, 'utf8')))).toEqual([
      'third long',
      'second long',
    ]);
    expect(existsSync(`${log}.3`)).toBe(false);
  });

  it('stays where it is when it is short, or not there yet', async () => {
    turnLog(log, limits);
    await writeFile(log, 'short');
    turnLog(log, limits);
    expect(await readFile(log, 'utf8')).toBe('short');
  });

  it('that can not be written is done without', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(openLog(join(folder, 'file', 'controller.log'))).toBe('ignore');
  });
});
