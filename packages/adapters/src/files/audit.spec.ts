import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuditEntry, EventSink } from '@sluice/core';
import { describeEventSinkContract } from '@sluice/core/testing';
import fc from 'fast-check';
import { createAuditLog } from './audit';
import { errorOf, modeOf, removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);

describeEventSinkContract('the audit log', () => {
  const file = newFile();
  const open = (): EventSink => {
    const log = createAuditLog(file, () => undefined);
    return { record: (entries) => log.record(entries), progress: () => undefined };
  };
  return {
    sink: open(),
    reopen: open,
    entries: () => createAuditLog(file).read(),
    tear: () => appendFileSync(file, '{"id":"torn'),
  };
});

const entry = (id: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  at: 1000,
  project: 'web',
  environment: 'production',
  release: null,
  what: 'begin',
  by: 'somebody',
  detail: 'a "line"\nof text, ä \u2028',
  ...more,
});

const newFile = () => join(scratchFolder(), 'deep', 'audit.jsonl');
const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1);
const idsOf = async (file: string) => (await createAuditLog(file).read()).map(({ id }) => id);

/** A log of three lines. */
async function threeLines(): Promise<string> {
  const file = newFile();
  await createAuditLog(file).record([entry('a'), entry('b'), entry('c')]);
  return file;
}

const rewrite = (file: string, change: (lines: string[]) => string[]) =>
  writeFileSync(
    file,
    change(linesOf(file))
      .map((line) => `${line}\n`)
      .join(''),
  );

describe('a folder in the place of the audit log', () => {
  it('is named, for readers and for writers', async () => {
    const file = newFile();
    mkdirSync(file, { recursive: true });
    const refusal = { code: 'PATH_UNUSABLE', message: containing(`${file} can't be used: a folder is there`) };
    expect(await errorOf(createAuditLog(file).read())).toMatchObject(refusal);
    expect(await errorOf(createAuditLog(file).record([entry('1')]))).toMatchObject(refusal);
  });
});

describe('the audit log', () => {
  it('is for its owner alone, and so is what a crash left of a line', async () => {
    const file = newFile();
    await createAuditLog(file).record([entry('a')]);
    appendFileSync(file, '{"id":"torn');
    await createAuditLog(file, () => undefined).record([entry('b')]);
    expect([modeOf(file), modeOf(`${file}.torn-1`)]).toEqual([0o600, 0o600]);
  });

  it('is empty before the first entry', async () => {
    const log = createAuditLog(newFile());
    expect(await log.read()).toEqual([]);
    expect(await log.verify()).toEqual({ ok: true, head: null, count: 0 });
    expect(await log.record([])).toEqual({ head: null, count: 0 });
  });

  it('numbers its lines, and each names the digest of the one before', async () => {
    const file = await threeLines();
    const [a, b, c] = await createAuditLog(file).read();
    expect([a?.number, b?.number, c?.number]).toEqual([1, 2, 3]);
    expect([a?.previous, b?.previous, c?.previous]).toEqual([null, a?.digest, b?.digest]);
    expect(a).toMatchObject(entry('a'));
    expect(linesOf(file)).toHaveLength(3);
  });

  it('says where its end is', async () => {
    const file = newFile();
    const log = createAuditLog(file);
    const first = await log.record([entry('a')]);
    const second = await log.record([entry('b')]);
    expect([first.count, second.count]).toEqual([1, 2]);
    expect(second.head).toBe((await log.read())[1]?.digest);
    expect(await createAuditLog(file).record([])).toEqual(second);
  });

  it('takes each entry once, in one call, in the next and after a restart', async () => {
    const file = newFile();
    const log = createAuditLog(file);
    await log.record([entry('a'), entry('a'), entry('b')]);
    await log.record([entry('b'), entry('c')]);
    await createAuditLog(file).record([entry('c'), entry('d')]);
    expect(await idsOf(file)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('remembers the ids of its last 1000 lines', async () => {
    const file = newFile();
    const log = createAuditLog(file);
    const entries = Array.from({ length: 1001 }, (_, n) => entry(`n${n}`));
    await log.record(entries);
    for (const same of [log, createAuditLog(file)]) {
      expect((await same.record(entries.slice(1))).count).toBe(1001);
    }
  });

  it('records calls that come at once one after another', async () => {
    const file = newFile();
    const log = createAuditLog(file);
    await Promise.all(Array.from({ length: 20 }, (_, n) => log.record([entry(`n${n}`)])));
    expect(await idsOf(file)).toEqual(Array.from({ length: 20 }, (_, n) => `n${n}`));
    expect(await log.verify()).toMatchObject({ ok: true, count: 20 });
  });

  it('goes on after what another process has recorded meanwhile', async () => {
    const file = await threeLines();
    const log = createAuditLog(file);
    await log.record([entry('d')]);
    await createAuditLog(file).record([entry('e')]);
    await log.record([entry('e'), entry('f')]);
    expect(await idsOf(file)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('starts anew when the file was moved away', async () => {
    const file = await threeLines();
    const log = createAuditLog(file);
    await log.record([entry('d')]);
    renameSync(file, `${file}.old`);
    expect((await log.record([entry('e')])).count).toBe(1);
    expect(await idsOf(file)).toEqual(['e']);
  });

  it('gives the entries of one project, environment or release', async () => {
    const file = newFile();
    const log = createAuditLog(file);
    const others = { b: { project: 'api' }, c: { environment: 'staging' }, d: { release: '1a2b3c4d5e6f' } };
    await log.record([entry('a'), ...Object.entries(others).map(([id, other]) => entry(id, other))]);
    expect((await log.read({ project: 'api' })).map(({ id }) => id)).toEqual(['b']);
    expect((await log.read({ environment: 'staging' })).map(({ id }) => id)).toEqual(['c']);
    expect((await log.read({ release: '1a2b3c4d5e6f', project: 'web' })).map(({ id }) => id)).toEqual(['d']);
  });
});

/** As a crash leaves it that came before the end was noted. */
async function threeUnnoted(): Promise<string> {
  const file = await threeLines();
  rmSync(`${file}.end`);
  return file;
}

describe('a last line that a crash cut off', () => {
  it('is left alone by readers', async () => {
    const file = await threeUnnoted();
    truncateSync(file, readFileSync(file).length - 10);
    expect(await idsOf(file)).toEqual(['a', 'b']);
    expect(await createAuditLog(file).verify()).toMatchObject({ ok: true, count: 2 });
    expect(readdirSync(dirname(file))).toEqual(['audit.jsonl']);
  });

  it('is moved aside by the next record, which says so and takes the entry again', async () => {
    const file = await threeUnnoted();
    const whole = readFileSync(file);
    truncateSync(file, whole.length - 1); // only the newline is missing
    const warnings: string[] = [];
    await createAuditLog(file, (message) => warnings.push(message)).record([entry('c'), entry('d')]);
    expect(await idsOf(file)).toEqual(['a', 'b', 'c', 'd']);
    expect(readFileSync(`${file}.torn-1`, 'utf8')).toBe(whole.toString().split('\n')[2]);
    expect(warnings).toEqual([containing(`${file}.torn-1`)]);
  });

  it('never takes the place of one that was moved aside before', async () => {
    const file = await threeLines();
    for (const torn of ['{"one', '{"two']) {
      appendFileSync(file, torn);
      await createAuditLog(file, () => undefined).record([]);
    }
    const aside = readdirSync(dirname(file)).filter((name) => name.includes('torn'));
    expect(aside.map((name) => readFileSync(join(dirname(file), name), 'utf8'))).toEqual(['{"one', '{"two']);
  });

  it('loses no whole line, wherever the append was cut', async () => {
    const first = await threeLines();
    const whole = readFileSync(first);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        const file = join(scratchFolder(), 'audit.jsonl');
        writeFileSync(file, whole.subarray(0, length));
        const log = createAuditLog(file, () => undefined);
        await log.record([entry('a'), entry('b'), entry('c')]);
        expect(readFileSync(file)).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a log that somebody changed', () => {
  const changes: [string, number, (lines: string[]) => string[]][] = [
    ['changed', 2, (lines) => lines.map((line, n) => (n === 1 ? line.replace('somebody', 'nobody') : line))],
    ['given another digest', 1, (lines) => lines.map((line) => line.replace(/"digest":"./, '"digest":"x'))],
    ['dropped', 2, ([a = '', , c = '']) => [a, c]],
    ['dropped at the start', 1, ([, b = '', c = '']) => [b, c]],
    ['reordered', 2, ([a = '', b = '', c = '']) => [a, c, b]],
    ['doubled', 3, ([a = '', b = '', c = '']) => [a, b, b, c]],
    ['no JSON', 2, ([a = '', , c = '']) => [a, '{', c]],
    ['empty', 2, ([a = '', b = '', c = '']) => [a, '', b, c]],
    ['of another shape', 3, ([a = '', b = '']) => [a, b, '{"id":"c"}']],
    ['lost at the end', 3, ([a = '', b = '']) => [a, b]],
    ['lost, and so were all', 1, () => []],
  ];

  it.each(changes)('is refused where a line was %s: line %i', async (_, line, change) => {
    const file = await threeLines();
    rewrite(file, change);
    const before = readFileSync(file);
    const log = createAuditLog(file);
    const expected = { code: 'AUDIT_CORRUPT', message: containing(`${file} is broken at line ${line}`) };
    expect(await errorOf(log.read())).toMatchObject(expected);
    expect(await errorOf(log.record([entry('d')]))).toMatchObject(expected);
    expect(await log.verify()).toMatchObject({ ok: false, line });
    expect(readFileSync(file)).toEqual(before);
  });

  it('is found out by the end that the state remembers when lines are missing there', async () => {
    const file = await threeLines();
    const log = createAuditLog(file);
    const known = await log.record([]);
    expect(await log.verify(known)).toEqual({ ok: true, ...known });
    rewrite(file, (lines) => lines.slice(0, 2));
    expect(await log.verify(known)).toMatchObject({ ok: false, line: 3, problem: containing('missing') });
  });

  it('is found out when the whole chain was written anew', async () => {
    const file = await threeLines();
    const known = await createAuditLog(file).record([]);
    const forged = newFile();
    await createAuditLog(forged).record([entry('a'), entry('b', { by: 'nobody' }), entry('c'), entry('d')]);
    expect(await createAuditLog(forged).verify()).toMatchObject({ ok: true });
    expect(await createAuditLog(forged).verify(known)).toMatchObject({ ok: false, line: 3 });
  });

  it('may have grown since the state remembered its end', async () => {
    const file = await threeLines();
    const log = createAuditLog(file);
    const known = await log.record([]);
    await log.record([entry('d')]);
    expect(await log.verify(known)).toMatchObject({ ok: true, count: 4 });
  });
});
