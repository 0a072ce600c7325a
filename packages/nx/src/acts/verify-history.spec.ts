import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuditEntry } from '@sluice/core';
import { aState } from '@sluice/core/testing';
import { auditFile, createAuditLog, createStateStore, signalFile } from '@sluice/adapters/files';
import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { history } from './history';

afterAll(removeWorkspaces);

const entry = (id: string, by = 'dana'): AuditEntry => ({
  ...{ id, at: 1, project: 'app', environment: 'production', release: null, what: 'approve', by, detail: 'why' },
});
const entries = ['a', 'b', 'c', 'd'].map((id) => entry(id));

/** A log of four lines, of which the state knows three and the signal two. */
async function aLog(): Promise<string> {
  const root = scratchWorkspace({});
  const log = createAuditLog(auditFile(root));
  const two = await log.record(entries.slice(0, 2));
  const three = await log.record(entries.slice(2, 3));
  await log.record(entries.slice(3));
  await createStateStore(root).save(aState({ audit: three }));
  mkdirSync(dirname(signalFile(root)), { recursive: true });
  writeFileSync(signalFile(root), JSON.stringify({ phase: 6, audit: two }));
  return root;
}

async function verified(root: string): Promise<{ ok: boolean; said: string }> {
  const said: string[] = [];
  const ok = await history({ project: 'app', root }, { verify: true }, (line) => void said.push(line));
  return { ok, said: said.join('\n') };
}

type Change = (lines: string[]) => string[];
/** As somebody does it who knows of the note beside the log. */
function rewrite(root: string, change: Change): void {
  const file = auditFile(root);
  const lines = change(readFileSync(file, 'utf8').trim().split('\n'));
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  rmSync(`${file}.end`, { force: true });
}

describe('deploy-history --verify', () => {
  it('says that a log is whole, how long it is and what it was held to', async () => {
    const { ok, said } = await verified(await aLog());
    expect(ok).toBe(true);
    expect(said).toMatch(
      /whole: 4 lines, the last one [\da-f]{12}\n.*state of app in production \(line 3\).*signal \(line 2\)/,
    );
  });

  it.each<[string, number, Change]>([
    ['changed', 2, (lines) => lines.map((line, n) => (n === 1 ? line.replace('dana', 'nobody') : line))],
    ['dropped', 2, ([a = '', , c = '', d = '']) => [a, c, d]],
    ['dropped at the start', 1, ([, ...rest]) => rest],
    ['reordered', 2, ([a = '', b = '', c = '', d = '']) => [a, c, b, d]],
    ['added', 3, ([a = '', b = '', c = '', d = '']) => [a, b, b, c, d]],
    ['cut off', 3, ([a = '', b = '']) => [a, b]],
    ['cut off, and so were all', 1, () => []],
  ])('finds a line that was %s: line %i', async (_, line, change) => {
    const root = await aLog();
    rewrite(root, change);
    const { ok, said } = await verified(root);
    expect(ok).toBe(false);
    expect(said).toContain(`is broken at line ${line}`);
  });

  it('finds the last line cut off by the note beside the log', async () => {
    const root = await aLog();
    const lines = readFileSync(auditFile(root), 'utf8').split('\n').slice(0, 3);
    writeFileSync(auditFile(root), `${lines.join('\n')}\n`);
    expect(await verified(root)).toMatchObject({ ok: false, said: expect.stringContaining('at line 4') as string });
  });

  it('finds a log that was written anew, by what the state and the signal remember', async () => {
    const root = await aLog();
    for (const file of [auditFile(root), `${auditFile(root)}.end`]) rmSync(file);
    await createAuditLog(auditFile(root)).record(entries.map(({ id }) => entry(id, 'nobody')));
    const { ok, said } = await verified(root);
    expect(ok).toBe(false);
    expect(said).toContain('the state of app in production remembers otherwise');
    expect(said).toContain('the completion signal remembers otherwise');
  });

  it('does not take a state that can not be read for one that remembers nothing', async () => {
    const root = await aLog();
    writeFileSync(join(root, '.sluice/state/production/app.json'), '{');
    const { ok, said } = await verified(root);
    expect([ok, said]).toEqual([false, expect.stringContaining("the state of app in production can't be read")]);
  });

  it('prints JSON for machines', async () => {
    const root = await aLog();
    const said: string[] = [];
    expect(await history({ project: null, root }, { verify: true, json: true }, (line) => void said.push(line))).toBe(
      true,
    );
    expect(JSON.parse(said.join('\n'))).toMatchObject({ ok: true, count: 4, sealed: false, broken: [] });
  });
});
