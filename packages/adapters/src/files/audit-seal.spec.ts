import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, type AuditEntry } from '@sluice/core';
import { createAuditLog } from './audit';
import { chainEntries, emptyChain, lineOf } from './audit-chain';
import { readSealKey } from './audit-seal';
import { errorOf, removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

const key = Buffer.from('k'.repeat(32));
const containing = (text: string): unknown => expect.stringContaining(text);
const entry = (id: string, over: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ id, at: 1, project: 'app', environment: 'production', release: null, what: 'approve', by: 'dana', detail: '' },
  ...over,
});
const open = (file: string, own: Buffer | null = key) => createAuditLog(file, () => undefined, own);

/** Three sealed lines, after so many that have none. */
async function sealed(before = 0): Promise<string> {
  const file = join(scratchFolder(), 'audit.jsonl');
  await open(file, null).record(Array.from({ length: before }, (_, n) => entry(`old${n}`)));
  await open(file).record([entry('a'), entry('b'), entry('c')]);
  return file;
}

/** As somebody writes it who has every file and no key. */
function forge(file: string, entries: readonly AuditEntry[], own: Buffer | null = null): void {
  const lines = chainEntries(emptyChain, entries, own);
  writeFileSync(file, lines.map(lineOf).join(''));
  const last = lines.at(-1);
  writeFileSync(`${file}.end`, JSON.stringify({ head: last?.digest ?? null, count: lines.length }));
}

describe('a log with seals', () => {
  it('is whole for whoever has the key, and for whoever has none', async () => {
    const file = await sealed(2);
    expect(await open(file).verify()).toMatchObject({ ok: true, count: 5 });
    expect(await open(file, null).verify()).toMatchObject({ ok: true, count: 5 });
    expect(await open(file).record([entry('d')])).toMatchObject({ count: 6 });
  });

  it('that was written anew, with its end, is found out with the key only', async () => {
    const file = await sealed();
    forge(file, [entry('a'), entry('b', { by: 'nobody' }), entry('c')]);
    expect(await open(file, null).verify()).toMatchObject({ ok: true });
    expect(await open(file).verify()).toMatchObject({ ok: false, line: 3, problem: containing('no seal') });
  });

  it.each<[string, (file: string) => void, number]>([
    ['of another key', (file) => forge(file, [entry('a'), entry('b')], Buffer.from('x'.repeat(32))), 1],
    ['on none of the later lines', (file) => forgeAfter(file), 2],
    ['on lines of which the first, without one, was changed', (file) => keepSeals(file), 2],
  ])('is found out that has seals %s', async (_, change, line) => {
    const file = await sealed(1);
    change(file);
    expect(await open(file, null).verify()).toMatchObject({ ok: true });
    expect(await open(file).verify()).toMatchObject({ ok: false, line });
  });

  it('is not found out that was cut off with everything that remembers its end: only what is elsewhere knows', async () => {
    const file = await sealed();
    const known = await open(file).record([]);
    const shorter = readFileSync(file, 'utf8').split('\n').slice(0, 2);
    const digest = (JSON.parse(shorter[1] ?? '') as { digest: string }).digest;
    writeFileSync(file, `${shorter.join('\n')}\n`);
    writeFileSync(`${file}.end`, JSON.stringify({ head: digest, count: 2 }));
    expect(await open(file).verify()).toMatchObject({ ok: true, count: 2 });
    expect(await open(file).verify(known)).toMatchObject({ ok: false, line: 3 });
  });
});

/** The first sealed line as it is, then one that has no seal. */
function forgeAfter(file: string): void {
  const [first] = chainEntries(emptyChain, [entry('a')], key);
  const rest = first ? chainEntries({ head: first.digest, count: 1 }, [entry('b')]) : [];
  const lines = [...(first ? [first] : []), ...rest];
  writeFileSync(file, lines.map(lineOf).join(''));
  writeFileSync(`${file}.end`, JSON.stringify({ head: lines.at(-1)?.digest, count: lines.length }));
}

/** Each line with the seal that it had, chained anew after one that was changed. */
function keepSeals(file: string): void {
  let head: string | null = null;
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { digest: _, ...body } = JSON.parse(line) as Record<string, unknown>;
      const changed = { ...body, previous: head, ...(body['number'] === 1 ? { by: 'nobody' } : {}) };
      head = digestOf(changed);
      return JSON.stringify({ ...changed, digest: head });
    });
  writeFileSync(file, `${lines.join('\n')}\n`);
  writeFileSync(`${file}.end`, JSON.stringify({ head, count: lines.length }));
}

describe('the key', () => {
  const at = (name: string, bytes: Buffer | null) => {
    const [root, other] = [scratchFolder(), scratchFolder()];
    mkdirSync(join(root, '.sluice'));
    const file = join(name === 'inside' ? root : other, 'audit.key');
    if (bytes !== null) writeFileSync(file, bytes);
    return { root, file, read: () => readSealKey(root, { SLUICE_AUDIT_KEY_FILE: file }) };
  };

  it('is none where the environment names none', async () => {
    expect(await readSealKey(scratchFolder(), {})).toBeNull();
  });

  it('is what the file holds', async () => {
    expect(await at('outside', key).read()).toEqual(key);
  });

  it.each([
    ['is not there', 'outside', null],
    ['is too short', 'outside', Buffer.from('k')],
    ['is inside the repository', 'inside', key],
  ])('is refused that %s', async (_, where, bytes) => {
    expect(await errorOf(at(where, bytes).read())).toMatchObject({ code: 'AUDIT_KEY_INVALID' });
  });

  it('is refused behind a link, too', async () => {
    const { root } = at('inside', null);
    const [file, link] = [join(root, 'audit.key'), join(scratchFolder(), 'link')];
    writeFileSync(file, key);
    symlinkSync(file, link);
    expect(await errorOf(readSealKey(root, { SLUICE_AUDIT_KEY_FILE: link }))).toMatchObject({
      code: 'AUDIT_KEY_INVALID',
    });
  });
});
