import { createAllowlist, type Found } from './allowlist';

const entry = { rule: 'GHSA-1', reason: 'only in a tool', expires: '2026-06-30' };
const found: Found = { severity: 'high', message: 'left 1.0.0', rule: 'GHSA-1', aliases: ['CVE-1'] };
const inFile = { ...found, file: 'app/a.ts' };

describe('what is allowed', () => {
  it.each<[string, Partial<typeof entry & { file: string }>, Found, string, boolean]>([
    ['by its rule', {}, found, '2026-06-29', true],
    ['by another name of it', { rule: 'CVE-1' }, found, '2026-06-29', true],
    ['on its last day', {}, found, '2026-06-30', true],
    ['no more on the day after', {}, found, '2026-07-01', false],
    ['not by another rule', { rule: 'GHSA-2' }, found, '2026-06-29', false],
    ['in its file', { file: 'app/a.ts' }, inFile, '2026-06-29', true],
    ['not in another file', { file: 'app/b.ts' }, inFile, '2026-06-29', false],
    ['not in all files', {}, inFile, '2026-06-29', false],
  ])('is a finding %s', (_, more, finding, day, isAllowed) => {
    const { allowed } = createAllowlist([{ ...entry, ...more }], day).mark(finding);

    expect(allowed).toBe(isAllowed ? 'only in a tool, until 2026-06-30' : undefined);
  });

  it('is a finding that one of two entries still counts for', () => {
    const allow = createAllowlist([{ ...entry, expires: '2026-01-01' }, entry], '2026-06-01');

    expect(allow.mark(found).allowed).toBe('only in a tool, until 2026-06-30');
  });

  it('keeps nothing but the finding', () => {
    expect(createAllowlist([], '2026-06-01').mark(found)).toEqual({
      severity: 'high',
      message: 'left 1.0.0',
      rule: 'GHSA-1',
    });
  });
});

describe('the entries themselves', () => {
  const judge = (day: string, ...findings: Found[]) => {
    const allow = createAllowlist([entry, { ...entry, rule: 'aws', file: 'app/a.ts' }], day);
    for (const finding of findings) allow.mark(finding);
    return allow.check.run(null, new AbortController().signal);
  };
  const aws = { ...inFile, rule: 'aws' };

  it('pass where each is needed', async () => {
    expect(await judge('2026-06-01', found, aws)).toMatchObject({ status: 'pass', figures: { entries: 2, used: 2 } });
  });

  it('warn where one fits nothing', async () => {
    expect(await judge('2026-06-01', found)).toMatchObject({
      status: 'warn',
      reason: 'aws in app/a.ts fits nothing that was found',
    });
  });

  it('warn where one has expired', async () => {
    expect(await judge('2026-07-01', found, aws)).toMatchObject({
      status: 'warn',
      reason:
        'GHSA-1 was allowed until 2026-06-30: it counts again; ' +
        'aws in app/a.ts was allowed until 2026-06-30: it counts again',
    });
  });
});
