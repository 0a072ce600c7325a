import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeReceipt, type ReceiptBody } from '@sluice/core';
import { receiptFile } from './paths';
import { createReceiptStore } from './receipts';
import { errorOf, removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);

const body: ReceiptBody = {
  stage: 'load',
  project: '@acme/web',
  verdict: 'pass',
  subject: { content: 'c'.repeat(64), tools: { autocannon: '9.0.0' } },
  reasons: ['p95 12 ms'],
  figures: { p95Ms: 12 },
  checks: [],
  produced: {},
};
const receipt = makeReceipt(body, { startedAt: 1000, durationMs: 20 });

const storeOf = (checkout: string) => createReceiptStore(checkout, (stage) => `nx run web:deploy-${stage}`);
const fileIn = (checkout: string) => receiptFile(checkout, '@acme/web', 'load');

describe('the receipt store', () => {
  it('has no receipt of a stage that left none', async () => {
    expect(await storeOf(scratchFolder()).read('@acme/web', 'load')).toBeNull();
  });

  it('gives back what was written', async () => {
    const checkout = scratchFolder();
    await storeOf(checkout).write(receipt);
    expect(await storeOf(checkout).read('@acme/web', 'load')).toEqual(receipt);
    expect(readdirSync(dirname(fileIn(checkout)))).toEqual(['load.json']);
  });

  it('replaces the receipt of an earlier run', async () => {
    const checkout = scratchFolder();
    const failed = makeReceipt({ ...body, verdict: 'fail' }, { startedAt: 2000, durationMs: 20 });
    await storeOf(checkout).write(receipt);
    await storeOf(checkout).write(failed);
    expect(await storeOf(checkout).read('@acme/web', 'load')).toEqual(failed);
  });

  it('accepts other times: a replayed receipt still fits', async () => {
    const checkout = scratchFolder();
    await storeOf(checkout).write({ ...receipt, times: { startedAt: 5, durationMs: 6 } });
    expect(await storeOf(checkout).read('@acme/web', 'load')).toMatchObject({ times: { startedAt: 5 } });
  });

  const text = JSON.stringify(receipt);
  it.each([
    ['empty', '', 'it is empty'],
    ['cut off', text.slice(0, 80), 'not JSON'],
    ['of another shape', '{"version":1}', 'stage'],
    ['of another version', text.replace('"version":1', '"version":2'), 'version'],
    ['with a member too many', text.replace('"version":1', '"version":1,"colour":1'), 'colour'],
    ['edited', text.replace('"pass"', '"warn"'), 'changed after it was made'],
    ['edited in its figures', text.replace('"p95Ms":12', '"p95Ms":11'), 'changed after it was made'],
    ['of another stage', text.replace('"stage":"load"', '"stage":"security"'), 'receipt of "security"'],
  ])('refuses one that is %s, and names file and command', async (_, content, problem) => {
    const checkout = scratchFolder();
    await storeOf(checkout).write(receipt);
    writeFileSync(fileIn(checkout), content);
    const error = await errorOf(storeOf(checkout).read('@acme/web', 'load'));
    expect(error).toMatchObject({ code: 'RECEIPT_INVALID', message: containing(problem) });
    expect(error.message).toContain(fileIn(checkout));
    expect(readFileSync(fileIn(checkout), 'utf8')).toBe(content);
  });

  it('tells the command that makes the receipt anew', async () => {
    const checkout = scratchFolder();
    await storeOf(checkout).write(receipt);
    writeFileSync(fileIn(checkout), '');
    await expect(storeOf(checkout).read('@acme/web', 'load')).rejects.toMatchObject({
      remedy: containing('nx run web:deploy-load'),
    });
  });
});
