import { scannerVersions } from './scanner-versions';

const versions = (tools: object, more: object = {}) =>
  scannerVersions(JSON.stringify({ security: { tools }, ...more })).map((told) =>
    told.replace(' 2>&1 || echo none', ''),
  );
const off = { gitleaks: false, trivy: false, grype: false };

describe('what tells the versions of scanners', () => {
  it.each([
    [
      'of those that need no settings',
      {},
      ['gitleaks version', 'grype db status --output json', 'grype version', 'trivy version --format json'],
    ],
    ['not of those that are turned off', off, []],
    [
      'of Semgrep where it has rules',
      { ...off, semgrep: { config: 'rules.yml' } },
      ['semgrep --version --disable-version-check'],
    ],
    ['by their paths', { ...off, gitleaks: { path: './tools/git leaks' } }, ['"./tools/git leaks" version']],
    ['never by a path that says more to a shell', { ...off, gitleaks: { path: 'a"; rm -r "b' } }, ['gitleaks version']],
  ])('is asked %s', (_, tools, expected) => {
    expect(versions(tools)).toEqual(expected);
  });

  it('is asked as the variants have it, too', () => {
    const configurations = { next: { security: { tools: { ...off, gitleaks: { path: '/opt/next' } } } } };

    expect(versions(off, { configurations })).toEqual(['"/opt/next" version']);
  });

  it.each(['', '[]', '{ "security": 1 }', '{ "security": { "tools": [] } }'])(
    'is that of the defaults for %j',
    (text) => {
      expect(scannerVersions(text)).toHaveLength(4);
    },
  );
});
