import { readAudit, type AuditOutput } from './audit-report';

const ships = [
  { name: 'left', version: '1.0.0' },
  { name: 'right', version: '1.2.0' },
  { name: 'right', version: '2.0.0' },
];
const advisory = { title: 'Prototype pollution', severity: 'high', url: 'https://example.org/1', range: '<2.0.0' };
const vulnerable = {
  right: { severity: 'high', via: [advisory], nodes: ['node_modules/p1'] },
};
const clean = {
  auditReportVersion: 2,
  vulnerabilities: {},
  metadata: { vulnerabilities: { total: 0 }, dependencies: { total: 3 } },
};
const dirty = {
  ...clean,
  vulnerabilities: vulnerable,
  metadata: { ...clean.metadata, vulnerabilities: { total: 1 } },
};
const read = (printed: unknown, more: Partial<AuditOutput> = {}) =>
  readAudit(
    {
      exitCode: 0,
      stdout: typeof printed === 'string' ? printed : JSON.stringify(printed),
      stderr: 'npm silly audit report {}',
      ...more,
    },
    ships,
  );

describe('the report of npm audit', () => {
  it('is judged when it says that nothing is known', () => {
    expect(read(clean)).toEqual({ kind: 'judged', findings: [] });
  });

  it('names package, shipped version, advisory and affected versions', () => {
    expect(read(dirty, { exitCode: 1 })).toEqual({
      kind: 'judged',
      findings: [
        {
          severity: 'high',
          message: 'right 1.2.0: Prototype pollution, affected: <2.0.0, https://example.org/1',
          rule: 'https://example.org/1',
          aliases: ['https://example.org/1'],
        },
      ],
    });
  });

  it('names an advisory by what GitHub calls it, with its other names', () => {
    const url = 'https://github.com/advisories/GHSA-35jh-r3h4-6jhm';
    const known = {
      ...dirty,
      vulnerabilities: { right: { ...vulnerable.right, via: [{ ...advisory, url, source: 7 }] } },
    };

    expect(read(known, { exitCode: 1 })).toMatchObject({
      findings: [{ rule: 'GHSA-35jh-r3h4-6jhm', aliases: [url, '7'] }],
    });
  });

  it('makes a finding of each advisory, and takes info for low', () => {
    const via = [advisory, { title: 'Slow', severity: 'info' }];
    const several = { ...dirty, vulnerabilities: { right: { ...vulnerable.right, via } } };

    expect(read(several, { exitCode: 1 })).toMatchObject({
      findings: [{ severity: 'high' }, { severity: 'low', message: 'right 1.2.0: Slow' }],
    });
  });

  it('takes over what depends on a vulnerable package', () => {
    const via = { left: { severity: 'critical', via: ['right'], nodes: ['node_modules/p0'] } };

    expect(read({ ...dirty, vulnerabilities: via }, { exitCode: 1 })).toMatchObject({
      findings: [{ severity: 'critical', message: 'left 1.0.0 depends on right' }],
    });
  });

  it.each([
    ['a refused connection', { message: 'request to http://127.0.0.1:1/ failed, reason: connect ECONNREFUSED' }],
    ['status 503', { message: '503 Service Unavailable - POST http://127.0.0.1:1/', statusCode: 503 }],
    ['a registry without audit', { message: '404 Not Found - POST http://127.0.0.1:1/', statusCode: 404 }],
  ])('is unavailable after %s', (_, error) => {
    const printed = { ...error, error: { summary: '', detail: '' } };

    expect(read(printed, { exitCode: 1 })).toEqual({ kind: 'unavailable', reason: error.message });
  });

  const unbelievable: [string, unknown, Partial<AuditOutput>][] = [
    ['nothing', '', {}],
    ['text', 'all good!', {}],
    ['an empty object', {}, {}],
    ['an empty list', [], {}],
    ['a report of another version', { ...clean, auditReportVersion: 1 }, {}],
    ['a report without counts', { ...clean, metadata: undefined }, {}],
    ['an advisory without a title', { ...dirty, vulnerabilities: { right: { ...vulnerable.right, via: [{}] } } }, {}],
    ['a vulnerability without a cause', { ...dirty, vulnerabilities: { right: { ...vulnerable.right, via: [] } } }, {}],
    ['an unknown severity', { ...dirty, vulnerabilities: { right: { ...vulnerable.right, severity: 'bad' } } }, {}],
    ['counts that contradict it', { ...clean, metadata: dirty.metadata }, {}],
    ['packages left out', { ...clean, metadata: { ...clean.metadata, dependencies: { total: 2 } } }, {}],
    ['findings and exit code 0', dirty, { exitCode: 0 }],
    ['no finding and exit code 1', clean, { exitCode: 1 }],
    ['a clean report of a killed npm', clean, { exitCode: undefined }],
    ['an answer that was null', clean, { stderr: 'npm verbose x\nnpm silly audit report null\n' }],
    ['an answer that was a list', clean, { stderr: 'npm sill audit report []' }],
    ['an answer that was a page', { message: 'invalid json response body at x', error: { summary: '' } }, {}],
    ['a defect of npm', { error: { summary: "Cannot create property 'name' on string 'n'" } }, { exitCode: 1 }],
  ];
  it.each(unbelievable)('is not believed when npm gives %s', (_, printed, more) => {
    expect(read(printed, more)).toMatchObject({ kind: 'rubbish' });
  });
});
