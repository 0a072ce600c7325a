import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry } from '@sluice/core';
import { createAuditLog } from './audit';
import { createAuditReader } from './audit-reader';
import { errorOf, removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

const entry = (id: string, detail = 'ä'): AuditEntry => ({
  ...{ id, at: 1, project: 'app', environment: 'staging', release: null, what: 'traffic', by: 'sluice' },
  detail,
});
const ids = async (reader: ReturnType<typeof createAuditReader>) => (await reader.next()).map(({ id }) => id);

/** A log of so many lines, `n1` and on, and the same again for more. */
async function logOf(count: number) {
  const file = join(scratchFolder(), 'audit.jsonl');
  const log = createAuditLog(file);
  await log.record(Array.from({ length: count }, (_, n) => entry(`n${n + 1}`)));
  return { file, add: (...more: string[]) => log.record(more.map((id) => entry(id))) };
}

describe('the end of the audit log', () => {
  it.each([
    ['in the last bytes', 'n300', ['n300']],
    ['further back than is read at once', 'n298', ['n298', 'n299', 'n300']],
  ])('is read from an entry on that is %s', async (_, from, found) => {
    const { file } = await logOf(300);
    expect(await ids(createAuditReader(file, from, 300))).toEqual(found);
    expect(await ids(createAuditReader(file, from))).toEqual(found);
  });

  it('is all where the log begins with the entry, or does not have it', async () => {
    const { file } = await logOf(20);
    for (const from of ['n1', 'nobody', 'n']) {
      for (const block of [100, 100_000]) expect(await ids(createAuditReader(file, from, block))).toHaveLength(20);
    }
  });

  it('is read on from where it was left', async () => {
    const { file, add } = await logOf(3);
    const reader = createAuditReader(file, 'n3');
    expect(await ids(reader)).toEqual(['n3']);
    expect(await ids(reader)).toEqual([]);
    await add('n4', 'n5');
    expect(await ids(reader)).toEqual(['n4', 'n5']);
  });

  it('is nothing before the first entry, and the next log after this one was moved away', async () => {
    const { file, add } = await logOf(2);
    const none = createAuditReader(join(scratchFolder(), 'audit.jsonl'), 'n1');
    expect(await none.next()).toEqual([]);
    const reader = createAuditReader(file, 'n2');
    await reader.next();
    renameSync(file, `${file}.old`);
    expect(await reader.next()).toEqual([]);
    await add('n9');
    expect(await ids(reader)).toEqual(['n9']);
  });

  it('takes no half line, and no entry whose words only look like the wanted one', async () => {
    const { file, add } = await logOf(1);
    await createAuditLog(file).record([entry('trap', '"id":"n1"')]);
    await add('n2');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, -1));
    expect(await ids(createAuditReader(file, 'n1'))).toEqual(['n1', 'trap']);
  });

  it('is refused where its lines do not follow each other, with the number of the line in the log', async () => {
    const { file } = await logOf(5);
    const changed = readFileSync(file, 'utf8').replace('"id":"n5"', '"id":"n6"');
    writeFileSync(file, changed);
    const refusal = { code: 'AUDIT_CORRUPT', message: expect.stringContaining('at line 5') as string };
    expect(await errorOf(createAuditReader(file, 'n4', 100).next())).toMatchObject(refusal);
  });

  it('needs no look at what is far before', async () => {
    const { file } = await logOf(100);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"id":"n2"', '"id":"nX"'));
    expect(await ids(createAuditReader(file, 'n99', 500))).toEqual(['n99', 'n100']);
  });
});
