import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { createAllowlist } from '@sluice/core';
import { auditCheck, type AuditSettings, type AuditSubject } from './audit';

jest.setTimeout(60_000); // npm itself is started

const vulnerable = { name: 'left', version: '1.0.0' };
const mended = { name: 'left', version: '2.0.0' };
const advisory = {
  id: 1,
  url: 'https://example.org/advisory',
  title: 'Reads any file',
  severity: 'high',
  vulnerable_versions: '<2.0.0',
};

let server: Server | undefined;
let asked: unknown[] = [];
/** A registry that npm can ask for advisories, and for nothing else. */
async function registry(answer: (response: ServerResponse) => void): Promise<string> {
  asked = [];
  const own = createServer((request, response) => {
    if (request.url !== '/-/npm/v1/security/advisories/bulk') {
      response.statusCode = 404; // details of a package, which npm can do without
      response.end('{}');
      return;
    }
    void buffer(request).then((body) => {
      asked.push(JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()));
      answer(response);
    });
  });
  server = own;
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(own.address() as AddressInfo).port}/`;
}
const answering = (body: string) => (response: ServerResponse) => {
  response.end(body);
};
const knows = answering(JSON.stringify({ left: [advisory] }));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
});

const envFor = (url: string, more: Record<string, string> = {}) => ({
  ...process.env,
  npm_config_registry: url,
  npm_config_cache: join(folder, 'cache'),
  no_proxy: '127.0.0.1',
  ...more,
});
const nothing = createAllowlist([], '2026-01-01');
function judge(
  ships: AuditSubject['ships'],
  settings: Partial<AuditSettings>,
  signal: AbortSignal = new AbortController().signal,
) {
  return auditCheck({ severity: 'high', onUnavailable: 'fail', allow: nothing, ...settings }).run({ ships }, signal);
}

describe('the dependency audit', () => {
  it('blocks on a vulnerable dependency', async () => {
    const env = envFor(await registry(knows));

    expect(await judge([vulnerable, { name: '@acme/right', version: '1.0.0' }], { env })).toEqual({
      status: 'fail',
      reason:
        '1 finding of severity high or worse: ' +
        'left 1.0.0: Reads any file, affected: <2.0.0, https://example.org/advisory',
      findings: [
        {
          severity: 'high',
          message: 'left 1.0.0: Reads any file, affected: <2.0.0, https://example.org/advisory',
          rule: 'https://example.org/advisory',
        },
      ],
      figures: { packages: 2, low: 0, moderate: 0, high: 1, critical: 0, allowed: 0 },
    });
    expect(asked).toEqual([{ '@acme/right': ['1.0.0'], left: ['1.0.0'] }]);
  });

  it('passes the repaired twin, and knows the version of npm then', async () => {
    const env = envFor(await registry(knows));
    const check = auditCheck({ severity: 'high', onUnavailable: 'fail', allow: nothing, env });

    expect(await check.run({ ships: [mended] }, new AbortController().signal)).toMatchObject({
      status: 'pass',
      reason: 'no advisory for 1 package',
    });
    expect(check.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('finds the vulnerable one of two versions, in a folder that was built to ship', async () => {
    const env = envFor(await registry(knows));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies: { left: '2' } }));
    const packages = {
      'node_modules/left': { version: '2.0.0' },
      'node_modules/right/node_modules/left': { version: '1.0.0' },
    };
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));

    const { status, findings } = await judge({ folder }, { env });

    expect(status).toBe('fail');
    expect(findings.map(({ message }) => message.split(':')[0])).toEqual(['left 1.0.0']);
  });

  it('warns below the threshold', async () => {
    const env = envFor(await registry(knows));

    expect(await judge([vulnerable], { env, severity: 'critical' })).toMatchObject({
      status: 'warn',
      figures: { high: 1 },
    });
  });

  it.each([
    ['its address', 'https://example.org/advisory', '2026-01-01', 'pass'],
    ["npm's number of it", '1', '2026-12-31', 'pass'],
    ['another advisory', '2', '2026-12-31', 'fail'],
    ['its address until yesterday', 'https://example.org/advisory', '2025-12-31', 'fail'],
  ])('lets pass what security.allow names by %s', async (_, rule, expires, status) => {
    const env = envFor(await registry(knows));
    const allow = createAllowlist([{ rule, expires, reason: 'only in a tool' }], '2026-01-01');

    expect(await judge([vulnerable], { env, allow })).toMatchObject({ status, figures: { packages: 1 } });
  });

  it("asks the registry of the workspace's .npmrc", async () => {
    const url = await registry(knows);
    const { npm_config_registry: _, ...env } = envFor(url);
    const npmrc = join(folder, 'npmrc');
    await writeFile(npmrc, `registry=${url}\noffline=true\naudit=false\n`);

    expect(await judge([vulnerable], { env, npmrc })).toMatchObject({ status: 'fail', figures: { high: 1 } });
  });

  it('is skipped where no npm dependency is shipped', async () => {
    expect(await judge([], {})).toMatchObject({ status: 'skip', reason: 'ships no npm dependency' });
    expect(await judge({ folder }, {})).toMatchObject({ status: 'skip', reason: 'ships no npm dependency' });
  });

  it.each<['fail' | 'warn']>([['fail'], ['warn']])(
    'says %s when the advisory service is unreachable',
    async (status) => {
      const env = envFor('http://127.0.0.1:1/');

      const found = await judge([mended], { env, onUnavailable: status });

      expect(found.status).toBe(status);
      expect(found.reason).toContain('nothing was audited');
    },
  );

  it.each(['null', '[]', '<html>log in</html>'])('never passes when the service answers %j', async (body) => {
    const env = envFor(await registry(answering(body)));

    expect(await judge([mended], { env })).toMatchObject({ status: 'fail' });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['prints rubbish', 'echo everything is fine'],
    ['prints nothing', 'exit 0'],
    ['ends with findings and exit code 0', `echo '{"auditReportVersion":2,"vulnerabilities":{}}'`],
  ])('never passes with an npm that %s', async (_, script) => {
    await writeFile(join(folder, 'npm'), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, 'npm'), 0o755);

    expect(await judge([mended], { env: { PATH: `${folder}:/bin:/usr/bin` } })).toMatchObject({ status: 'fail' });
  });

  it('blocks without npm', async () => {
    expect(await judge([mended], { env: { PATH: folder } })).toMatchObject({
      status: 'fail',
      reason: 'the command "npm" (audit) does not exist',
    });
  });

  it('rejects with the reason of an abort while the service hangs', async () => {
    const stop = new AbortController();
    const env = envFor(await registry(() => stop.abort(new Error('stopped by hand'))));

    await expect(judge([mended], { env }, stop.signal)).rejects.toThrow('stopped by hand');
  });
});
