import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nx } from './support/nx';
import { cloneWorkspace, type Workspace } from './support/workspace';

jest.setTimeout(300_000);

/** A Gitleaks that finds nothing, and tells the version in the file beside it. */
const tools = mkdtempSync(join(tmpdir(), 'sluice-tools-'));
const gitleaks = join(tools, 'gitleaks');
const version = (told: string) => writeFileSync(join(tools, 'version'), `${told}\n`);
writeFileSync(
  gitleaks,
  `#!/bin/sh
[ "$1" = version ] && exec cat ${join(tools, 'version')}
for word in "$@"; do [ "$take" ] && report=$word; take=; [ "$word" = --report-path ] && take=1; done
echo '[]' > "$report"
`,
);
chmodSync(gitleaks, 0o755);

let workspace: Workspace;
beforeAll(async () => {
  version('8.30.1');
  workspace = await cloneWorkspace({
    security: { tools: { gitleaks: { path: gitleaks }, trivy: false, grype: false } },
  });
});
afterAll(async () => {
  await workspace.dispose();
  rmSync(tools, { recursive: true });
});

const sarif = () => workspace.path('.sluice/receipts/app/security.sarif');
const look = () => nx(workspace.root, 'app:deploy-security');
const cached = /app:deploy-security +\[local cache\]/;

it('is looked at once for the same content by the same tools, whose report comes back with it', async () => {
  const first = await look();
  expect(first.text).toContain('gitleaks: nothing found');
  expect(first.code).toBe(0);
  rmSync(sarif());

  const again = await look();
  expect(again.text).toMatch(cached);
  expect(again.text).toContain('gitleaks: nothing found');
  expect(existsSync(sarif())).toBe(true);
});

it('is looked at again by another version of a tool, and of other dependencies', async () => {
  version('8.30.2');
  const other = await look();
  expect(other.text).not.toMatch(cached);
  expect(other.code).toBe(0);
  expect(workspace.read('.sluice/receipts/app/security.json')).toContain('8.30.2');

  workspace.write('package-lock.json', workspace.read('package-lock.json').replace('{', '{ '));
  workspace.commit('Another lockfile');
  expect((await look()).text).not.toMatch(cached);
});

it('is looked at again after a failure, whose report is there', async () => {
  const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
  workspace.write('examples/app/key.js', `// ${token}\n`);
  workspace.commit('A key');
  for (let round = 1; round <= 2; round += 1) {
    const { code, text } = await look();
    expect(text).not.toMatch(cached);
    expect(text).toMatch(/fail +secrets: 1 finding: GITHUB_TOKEN .* at examples\/app\/key\.js:1/);
    expect(text).not.toContain(token);
    expect(code).not.toBe(0);
    expect(workspace.read('.sluice/receipts/app/security.sarif')).toContain('examples/app/key.js');
  }
  workspace.git('revert', '--no-edit', 'HEAD');
  expect((await look()).text).toMatch(cached);
  expect(workspace.read('.sluice/receipts/app/security.sarif')).not.toContain('GITHUB_TOKEN');
});
