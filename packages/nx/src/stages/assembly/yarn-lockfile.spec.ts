import { checkYarnLockfile } from './yarn-lockfile';

const berry = (...versions: string[]) =>
  [
    '"app@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "app@workspace:."\n',
    ...versions.map((version) => `"ms@npm:^2.0.0":\n  version: ${version}\n  resolution: "ms@npm:${version}"\n`),
  ].join('\n');
const classic = (...versions: string[]) =>
  versions
    .map((version) => `ms@^2.0.0:\n  version "${version}"\n  resolved "https://example.org/ms-${version}.tgz#1"\n`)
    .join('\n');

describe.each([
  ['Yarn 4', berry],
  ['Yarn 1', classic],
])('the lockfile of %s', (_, lockfile) => {
  it('may lose versions that the service does not need', () => {
    expect(() => checkYarnLockfile(lockfile('2.0.0', '2.1.3'), lockfile('2.1.3'))).not.toThrow();
  });

  it('may not gain one that the workspace was never tested with', () => {
    expect(() => checkYarnLockfile(lockfile('2.0.0'), lockfile('2.1.3'))).toThrow(/^Which .* not locked: .*2\.1\.3/);
  });
});
