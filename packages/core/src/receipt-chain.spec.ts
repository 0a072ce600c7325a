import { pipeline, stagesBefore, type StageName } from './pipeline';
import { builtOn, checkChain, type Expected } from './receipt-chain';
import { makeReceipt, type Receipt, type ReceiptBody } from './receipt';

type Receipts = Partial<Record<StageName, Receipt>>;

const release = 'ca1733b5cdea';
const contentOf = (stage: StageName) => `${stage}-content`;
const expected: Expected = {
  release,
  content: Object.fromEntries(
    pipeline.filter(({ kind }) => kind === 'pure').map(({ name }) => [name, contentOf(name)]),
  ),
};
const check = (stage: StageName, receipts: Receipts) =>
  checkChain(stage, receipts, expected, (name) => `nx run app:deploy-${name}`);

/** The receipts that a run leaves, with the body of one stage changed. */
function receiptsWith(changed: StageName | null = null, change: Partial<ReceiptBody> = {}): Receipts {
  const receipts: Receipts = {};
  for (const { name, kind } of pipeline) {
    const isPure = kind === 'pure' || name === 'worktree';
    const body: ReceiptBody = {
      stage: name,
      project: 'app',
      verdict: 'pass',
      reasons: ['fine'],
      figures: {},
      produced: {},
      checks: [],
      subject: isPure ? { content: contentOf(name), tools: {} } : { release, builtOn: builtOn(name, receipts) },
    };
    receipts[name] = makeReceipt(name === changed ? { ...body, ...change } : body, { startedAt: 1, durationMs: 1 });
  }
  return receipts;
}

describe('the chain of receipts', () => {
  it.each(pipeline.map(({ name }) => name))('that a whole run left lets %s begin', (name) => {
    expect(check(name, receiptsWith())).toBeNull();
  });

  it('may hold warnings and a canary that was skipped', () => {
    expect(check('production', receiptsWith('security', { verdict: 'warn' }))).toBeNull();
    expect(check('production', receiptsWith('canary', { verdict: 'skipped' }))).toBeNull();
  });

  it.each(stagesBefore('production').map(({ name }) => name))(
    'without %s is refused, with the command that makes it',
    (name) => {
      const { [name]: _missing, ...others } = receiptsWith();
      const refusal = check('production', others);
      expect(refusal).toMatchObject({ code: 'RECEIPT_MISSING', remedy: `Run it: nx run app:deploy-${name}` });
      expect(refusal?.message).toContain(`"${name}"`);
    },
  );

  it.each(stagesBefore('production').map(({ name }) => name))('with an edited receipt of %s is refused', (name) => {
    const receipts = receiptsWith(name, { verdict: 'fail', reasons: ['too slow'] });
    const found = receipts[name];
    if (!found) throw new Error('no receipt');
    expect(check('production', { ...receipts, [name]: { ...found, verdict: 'pass' } })?.code).toBe('RECEIPT_INVALID');
  });

  it('with a stage that failed is refused, with its reasons', () => {
    const refusal = check('infra', receiptsWith('load', { verdict: 'fail', reasons: ['p95 is 900 ms', 'errors'] }));
    expect(refusal).toMatchObject({ code: 'RECEIPT_FAILED' });
    expect(refusal?.message).toContain('p95 is 900 ms; errors');
  });

  it('of other content is refused', () => {
    const receipts = receiptsWith('security', { subject: { content: 'f'.repeat(64), tools: {} } });
    const refusal = check('infra', receipts);
    expect(refusal).toMatchObject({ code: 'RECEIPT_FOREIGN' });
    expect(refusal?.message).toBe(
      'The receipt of "security" is for content ffffffffffff, but content security-content is being deployed.',
    );
    expect(refusal?.remedy).toContain('--skip-nx-cache'); // what the cache replays would be refused again
  });

  it('of another release is refused', () => {
    const receipts = receiptsWith('staging', { subject: { release: '000000000000', builtOn: {} } });
    expect(check('canary', receipts)?.message).toBe(
      `The receipt of "staging" is for release 000000000000, but release ${release} is being deployed.`,
    );
  });

  it('is broken where a stage was run again: what was built on the old receipt must be, too', () => {
    const [before, after] = [receiptsWith(), receiptsWith('security', { reasons: ['fine, again'] })];
    const receipts: Receipts = { ...before, ...(after.security && { security: after.security }) };
    expect(check('readiness', receipts)).toMatchObject({ code: 'RECEIPT_INVALID' });
    expect(check('readiness', receipts)?.message).toContain('it was not built on the receipt of "security"');
    expect(check('infra', receipts)).toBeNull();
  });

  it.each(['infra', 'readiness', 'staging', 'canary'] as const)(
    'is broken by a receipt of %s that names no release',
    (name) => {
      const receipts = receiptsWith(name, { subject: { content: 'any', tools: {} } });
      expect(check('production', receipts)?.message).toContain('it names no release');
    },
  );

  it('is broken by a receipt of a pure stage that names no content', () => {
    const receipts = receiptsWith('load', { subject: { release, builtOn: {} } });
    expect(check('production', receipts)?.message).toContain('it names no content');
  });
});
