import { isUnedited, makeReceipt, receiptSchema, type Receipt, type ReceiptBody } from './receipt';
import { aCheckResult } from './testing';

const body: ReceiptBody = {
  stage: 'load',
  project: 'app',
  verdict: 'pass',
  subject: { content: 'c0ffee', tools: { autocannon: '8.0.0' } },
  reasons: ['every threshold holds'],
  figures: { p95Ms: 41, rate: 812.5 },
  produced: {},
  checks: [aCheckResult('load', { durationMs: 10_012, figures: { p95Ms: 41 } })],
};
const receipt = makeReceipt(body, { startedAt: 1_000, durationMs: 10_500 });

describe('a receipt', () => {
  it('says what it said when it was made', () => {
    expect(isUnedited(receipt)).toBe(true);
    expect(isUnedited(receiptSchema.parse(JSON.parse(JSON.stringify(receipt))))).toBe(true);
  });

  it.each<[string, Partial<Receipt>]>([
    ['verdict', { verdict: 'fail' }],
    ['stage', { stage: 'security' }],
    ['project', { project: 'other' }],
    ['subject', { subject: { content: 'c0ffee', tools: { autocannon: '9.0.0' } } }],
    ['reasons', { reasons: [] }],
    ['figures', { figures: { p95Ms: 40, rate: 812.5 } }],
    ['checks', { checks: [] }],
    ['a check', { checks: [aCheckResult('load', { status: 'warn', figures: { p95Ms: 41 } })] }],
    ['products', { produced: { artifact: 'f00' } }],
    ['digest', { digest: '0'.repeat(64) }],
  ])('with an edited %s is seen', (_, change) => {
    expect(isUnedited({ ...receipt, ...change })).toBe(false);
  });

  it('keeps its digest when the same was found at another time, faster or slower', () => {
    const replayed = makeReceipt(
      { ...body, checks: body.checks.map((check) => ({ ...check, durationMs: 3 })) },
      { startedAt: 9_999_999, durationMs: 7 },
    );
    expect(replayed.digest).toBe(receipt.digest);
    expect(isUnedited({ ...receipt, times: { startedAt: 5, durationMs: 5 } })).toBe(true);
  });

  it.each([
    ['another version', { ...receipt, version: 2 }],
    ['an unknown verdict', { ...receipt, verdict: 'great' }],
    ['an unknown member', { ...receipt, note: 'trust me' }],
    ['no digest', { ...receipt, digest: undefined }],
    ['a subject of both kinds', { ...receipt, subject: { content: 'a', tools: {}, release: 'b', builtOn: {} } }],
  ])('with %s is none', (_, value) => {
    expect(receiptSchema.safeParse(value).success).toBe(false);
  });
});
