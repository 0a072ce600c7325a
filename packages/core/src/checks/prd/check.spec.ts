import { heldTargets, prdCheck, type PrdSubject } from './check';

const text = '# Shop\n\n- p95 < 200 ms\n- p99 < 400 ms\n- Latency below 1 s\n';
const subject = (over: Partial<PrdSubject> = {}): PrdSubject => ({
  ...{ prd: { file: 'docs/PRD.md', text }, configured: {} },
  ...over,
});
const check = (over?: Partial<PrdSubject>) => prdCheck().run(subject(over), new AbortController().signal);

describe('the check of a requirements document', () => {
  it('says what was understood, and warns of what is not clear, each with file and line', async () => {
    expect(await check()).toEqual({
      status: 'warn',
      reason:
        'docs/PRD.md:3 latency p95 at most 200.0 ms: "p95 < 200 ms"; docs/PRD.md:4 latency p99 at most 400.0 ms: "p99 < 400 ms"; ' +
        'docs/PRD.md:5 is not clear, it has another amount, 1 s, of which it does not say plainly what it limits: "Latency below 1 s"',
      findings: [expect.objectContaining({ severity: 'low', file: 'docs/PRD.md', line: 5 })],
      figures: {},
    });
  });

  it('passes where all of it is clear, and says so where it states nothing', async () => {
    expect(await check({ prd: { file: 'PRD.md', text: 'p95 < 1 s' } })).toMatchObject({ status: 'pass' });
    expect(await check({ prd: { file: 'PRD.md', text: 'It sells.' } })).toMatchObject({
      ...{ status: 'pass', reason: 'PRD.md states no performance target' },
    });
  });

  it('is skipped without a document', async () => {
    expect(await check({ prd: null })).toMatchObject({
      ...{ status: 'skip', reason: 'no requirements document is committed' },
    });
  });

  it('says which target holds where sluice.json states another one', async () => {
    const configured = { p95: 150, p50: undefined, rate: 10 };

    expect((await check({ configured })).reason).toContain('(sluice.json states 150.0 ms, which holds)');
    expect(heldTargets(subject({ configured }))).toEqual({ p95: 150, p99: 400, rate: 10 });
    expect(heldTargets(subject({ prd: null, configured }))).toEqual({ p95: 150, rate: 10 });
  });
});
