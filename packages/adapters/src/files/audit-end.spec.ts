import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry } from '@sluice/core';
import { createAuditLog } from './audit';
import { errorOf, removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);
const newFile = () => join(scratchFolder(), 'audit.jsonl');
const entry = (id: string): AuditEntry => ({
  ...{ id, at: 1, project: 'app', environment: 'staging', release: null, what: 'begin', by: 'dana', detail: '' },
});
const idsOf = async (file: string) => (await createAuditLog(file).read()).map(({ id }) => id);

async function threeLines(): Promise<string> {
  const file = newFile();
  await createAuditLog(file).record([entry('a'), entry('b'), entry('c')]);
  return file;
}

describe('the end of a log that was noted beside it', () => {
  it('finds out that the last line was torn off by halves, though it had been written', async () => {
    const file = await threeLines();
    truncateSync(file, readFileSync(file).length - 10);
    expect(await errorOf(createAuditLog(file).read())).toMatchObject({
      code: 'AUDIT_CORRUPT',
      message: containing('at line 3: lines are missing at the end: 3 were written, 2 are there'),
    });
  });

  it('finds out that the last line is another than was written', async () => {
    const [file, other] = [await threeLines(), newFile()];
    await createAuditLog(other).record([entry('a'), entry('b'), entry('x')]);
    writeFileSync(file, readFileSync(other));
    expect(await createAuditLog(file).verify()).toMatchObject({ ok: false, line: 3 });
  });

  it('that can not be read refuses the log, until the note is moved away', async () => {
    const file = await threeLines();
    writeFileSync(`${file}.end`, '{');
    expect(await createAuditLog(file).verify()).toMatchObject({ ok: false, problem: containing(`${file}.end`) });
    rmSync(`${file}.end`);
    expect(await createAuditLog(file).record([])).toMatchObject({ count: 3 });
    expect(readFileSync(`${file}.end`, 'utf8')).toContain('"count":3');
  });

  it('is forgotten when the log was moved away: the next one begins anew', async () => {
    const file = await threeLines();
    renameSync(file, `${file}.old`);
    expect(await createAuditLog(file).read()).toEqual([]);
    expect(await createAuditLog(file).record([entry('a')])).toMatchObject({ count: 1 });
    expect(await idsOf(file)).toEqual(['a']);
  });
});
