import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildFolder, packArtifact } from '@sluice/adapters/files';
import { git, scratchRepository } from '../testing/repository';
import { aContext, aStageRun } from '../testing/stage-run';
import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { security } from './security';

jest.setTimeout(60_000); // npm itself is started

afterAll(removeWorkspaces);

// built at run time, so that no scanner takes this file for a leak
const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
const off = { gitleaks: false, semgrep: false, trivy: false, grype: false };

/** What comes of a commit with these files, whose artifact ships these packages (name -> version). */
async function judged(files: Record<string, string>, settings: object = {}, ships: Record<string, string> = {}) {
  const config = {
    runtime: { command: ['node', 'main.js'] },
    environments: { staging: { port: 4301 }, production: { port: 4300 } },
    security: { tools: off, ...settings },
  };
  const root = scratchRepository({ 'app/sluice.json': config, ...files });
  const { run } = await aStageRun(root, config, aContext(root, 'deploy-security'));
  git(root, 'worktree', 'add', '--quiet', '--detach', run.worktree);
  const packages = Object.entries(ships).map(
    ([name, version]) => [`node_modules/${name}/package.json`, JSON.stringify({ name, version })] as const,
  );
  const shipped = { 'main.js': '', 'package.json': { dependencies: ships }, ...Object.fromEntries(packages) };
  await packArtifact(scratchWorkspace(shipped), join(buildFolder(root, 'app'), 'artifact.tgz'));
  const result = await security(run);
  const of = (name: string) => result.checks?.find(({ check }) => check === name);
  return { ...result, of };
}

describe('the security stage', () => {
  it('blocks on a planted key, which nothing that it says holds, and passes the repaired twin', async () => {
    const planted = await judged({ 'app/api.ts': `export const token = '${token}';\n` });

    expect(planted.verdict).toBe('fail');
    expect(planted.reasons.join()).toMatch(/^secrets: 1 finding: GITHUB_TOKEN .* at app\/api\.ts:1$/);
    expect(JSON.stringify(planted)).not.toContain(token.slice(4));
    expect(await judged({ 'app/api.ts': 'export const token = process.env.TOKEN;\n' })).toMatchObject({
      verdict: 'pass',
    });
  });

  it('does not look at other projects', async () => {
    expect(await judged({ 'other/api.ts': `export const token = '${token}';\n` })).toMatchObject({ verdict: 'pass' });
  });

  it('blocks on an image that runs as root, and passes the repaired twin', async () => {
    const rooted = 'FROM node:22.11-slim\nHEALTHCHECK CMD true\n';
    const { verdict, reasons } = await judged({ 'app/Dockerfile': rooted });

    expect(verdict).toBe('fail');
    expect(reasons.join()).toMatch(/dockerfile: .*runs as root.* \[dockerfile-root-user\] at app\/Dockerfile:1$/);
    expect(await judged({ 'app/Dockerfile': `${rooted}USER node\n` })).toMatchObject({ verdict: 'pass' });
  });

  it("looks at the workspace's Dockerfile where the project has none", async () => {
    const files = { Dockerfile: 'FROM node:22.11\n' };

    expect((await judged(files)).of('dockerfile')).toMatchObject({ status: 'fail' });
    expect((await judged({ ...files, 'app/Dockerfile': 'FROM node:22\nUSER a\n' })).of('dockerfile')?.status).toBe(
      'warn',
    );
  });

  it('fails where a required check was skipped', async () => {
    expect(await judged({}, { required: ['semgrep'] })).toMatchObject({
      verdict: 'fail',
      reasons: ['semgrep: is required and was skipped: security.tools.semgrep is false'],
    });
  });

  it('lets pass what is allowed, and warns once that has expired', async () => {
    const files = { 'app/api.ts': `export const token = '${token}';\n` };
    const allow = (expires: string) => ({
      allow: [{ rule: 'GITHUB_TOKEN', file: 'app/api.ts', reason: 'revoked', expires }],
    });

    const allowed = await judged(files, allow('2999-12-31'));
    expect(allowed.verdict).toBe('pass');
    expect(allowed.of('secrets')?.findings).toMatchObject([{ allowed: 'revoked, until 2999-12-31' }]);
    const expired = await judged(files, allow('2020-12-31'));
    expect(expired.verdict).toBe('fail');
    expect(expired.of('allowlist')).toMatchObject({
      status: 'warn',
      reason: 'GITHUB_TOKEN in app/api.ts was allowed until 2020-12-31: it counts again',
    });
  });

  it('runs the scanners that are there over the files that it is cached by', async () => {
    const bin = scratchWorkspace({
      gitleaks: [
        '#!/bin/sh',
        '[ "$1" = version ] && echo 8.30.1 && exit 0',
        '[ -e other ] && exit 9',
        'for word in "$@"; do [ "$take" ] && report=$word; take=; [ "$word" = --report-path ] && take=1; done',
        `echo '[{"RuleID":"a-key","Description":"x","StartLine":1,"File":"app/sluice.json"}]' > "$report"`,
        'exit 3',
      ].join('\n'),
    });
    chmodSync(join(bin, 'gitleaks'), 0o755);
    const tools = { ...off, gitleaks: { path: join(bin, 'gitleaks') } };
    const { verdict, of } = await judged({ 'other/a.ts': '' }, { tools });

    expect(verdict).toBe('fail');
    expect(of('gitleaks')).toMatchObject({
      ...{ version: '8.30.1', status: 'fail', reason: '1 finding: a secret (a-key) at app/sluice.json:1' },
    });
  });
});

describe('the dependencies that are shipped', () => {
  const advisory = {
    ...{ id: 1, url: 'https://github.com/advisories/GHSA-35jh-r3h4-6jhm', title: 'Reads any file' },
    ...{ severity: 'high', vulnerable_versions: '<2.0.0' },
  };
  let server: Server;
  let npmrc: Record<string, string>;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/-/npm/v1/security/advisories/bulk') response.end(JSON.stringify({ left: [advisory] }));
      else response.writeHead(404).end('{}');
      request.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    npmrc = { '.npmrc': `registry=http://127.0.0.1:${(server.address() as AddressInfo).port}/\n` };
  });
  afterAll(
    () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(done);
      }),
  );

  it('block where one is vulnerable, and pass where it is mended', async () => {
    const vulnerable = await judged(npmrc, {}, { left: '1.0.0' });

    expect(vulnerable.verdict).toBe('fail');
    expect(vulnerable.reasons.join()).toMatch(
      /^audit: 1 finding of severity high or worse: left 1\.0\.0: Reads any file/,
    );
    expect(vulnerable.of('audit')?.findings[0]?.rule).toBe('GHSA-35jh-r3h4-6jhm');
    expect(await judged(npmrc, {}, { left: '2.0.0' })).toMatchObject({ verdict: 'pass' });
  });

  it('pass with an advisory that is allowed', async () => {
    const allow = [{ rule: 'GHSA-35jh-r3h4-6jhm', reason: 'no file is read', expires: '2999-12-31' }];

    expect((await judged(npmrc, { allow }, { left: '1.0.0' })).of('audit')).toMatchObject({
      ...{ status: 'pass', reason: 'nothing that is not allowed (1 allowed)', figures: { packages: 1, allowed: 1 } },
    });
  });

  it('have nothing to be audited where there are none', async () => {
    expect((await judged(npmrc)).of('audit')).toMatchObject({ status: 'skip', reason: 'ships no npm dependency' });
  });

  it('block where the service does not answer, unless it may', async () => {
    const nobody = { '.npmrc': 'registry=http://127.0.0.1:1/\n' };

    expect(await judged(nobody, {}, { left: '2.0.0' })).toMatchObject({ verdict: 'fail' });
    expect(await judged(nobody, { onUnavailable: 'warn' }, { left: '2.0.0' })).toMatchObject({ verdict: 'warn' });
  });
});
