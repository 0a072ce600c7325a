import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createAllowlist } from '@sluice/core';
import { secretsCheck } from './secrets';

// built at run time, so that no scanner takes this file for a leak
const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
const privateKey = [
  '-----BEGIN RSA',
  'PRIVATE KEY-----\n',
  'MIIE'.repeat(40),
  '\n-----END RSA',
  'PRIVATE KEY-----',
].join(' ');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const levels = { low: 0, moderate: 0, high: 0, critical: 0, allowed: 0 };
const nothing = createAllowlist([], '2026-01-01');
const judge = async (
  files: Record<string, string | Buffer>,
  also: string[] = [],
  signal = new AbortController().signal,
  allow = nothing,
) => {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
  }
  return secretsCheck({ allow }).run({ root, files: [...Object.keys(files), ...also] }, signal);
};

describe('the secret scan', () => {
  it('blocks on a planted key, with file and line and never the key', async () => {
    const found = await judge({
      'src/main.ts': 'export const port = 4000;\n',
      'src/api.ts': `// the way to the repository\n\nconst token = '${token}';\n`,
    });

    expect(found).toEqual({
      status: 'fail',
      reason: '1 finding: GITHUB_TOKEN (@secretlint/secretlint-rule-github) at src/api.ts:3',
      findings: [
        {
          severity: 'critical',
          message: 'GITHUB_TOKEN (@secretlint/secretlint-rule-github)',
          rule: 'GITHUB_TOKEN',
          file: 'src/api.ts',
          line: 3,
        },
      ],
      figures: { scanned: 2, binary: 0, large: 0, notFiles: 0, ...levels, critical: 1 },
    });
    expect(JSON.stringify(found)).not.toContain(token.slice(4));
  });

  it('lets pass what is allowed in this file, until the end of its last day', async () => {
    const files = { 'a.ts': `'${token}'`, 'b.ts': `'${token}'` };
    const entry = { rule: 'GITHUB_TOKEN', reason: 'revoked', expires: '2026-01-01' };
    const allowed = (day: string, file?: string) =>
      judge(files, [], undefined, createAllowlist([{ ...entry, ...(file && { file }) }], day));

    expect(await allowed('2026-01-01', 'a.ts')).toMatchObject({
      status: 'fail',
      findings: [{ file: 'b.ts' }, { file: 'a.ts', allowed: 'revoked, until 2026-01-01' }],
      figures: { critical: 1, allowed: 1 },
    });
    expect(await allowed('2026-01-02', 'a.ts')).toMatchObject({ figures: { critical: 2, allowed: 0 } });
    expect(await allowed('2026-01-01')).toMatchObject({ figures: { critical: 2, allowed: 0 } });
  });

  it('passes the repaired twin', async () => {
    expect(await judge({ 'src/api.ts': 'const token = process.env.TOKEN;\n' })).toEqual({
      status: 'pass',
      reason: 'no secret in 1 text file',
      findings: [],
      figures: { scanned: 1, binary: 0, large: 0, notFiles: 0, ...levels },
    });
  });

  it('finds several in several files', async () => {
    const { figures, reason } = await judge({
      '.env': `A=${token}\nB=${token}x\nC=${token}`,
      'deploy/key.pem': privateKey,
    });

    expect(figures).toMatchObject({ critical: 3 });
    expect(reason).toMatch(/^3 findings: /);
  });

  it('reads what an editor on Windows wrote', async () => {
    const { status } = await judge({ 'notes.txt': Buffer.from(`\ufefftoken ${token}`, 'utf16le') });

    expect(status).toBe('fail');
  });

  it('counts what it does not read, and says so', async () => {
    await symlink('/etc', join(root, 'link'));
    const found = await judge(
      {
        'logo.png': Buffer.from([0x89, 0x50, 0, 0]),
        'data.json': `"${token}"`.padEnd(1024 * 1024 + 1),
        'readme.md': 'Hello',
      },
      ['link'],
    );

    expect(found).toMatchObject({
      status: 'pass',
      reason: 'no secret in 1 text file (not read: 1 binary, 1 above 1 MiB, 1 no regular file)',
      figures: { scanned: 1, binary: 1, large: 1, notFiles: 1 },
    });
  });

  it.each<[string, Record<string, Buffer>]>([
    ['there are no files', {}],
    ['none of them is text', { 'logo.png': Buffer.from([0]) }],
  ])('is skipped, not passed, when %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'skip', reason: 'there is no text file to scan' });
  });

  it('rejects when a file is gone, so that it never passes', async () => {
    await expect(judge({}, ['gone.ts'])).rejects.toThrow('ENOENT');
  });

  it('rejects with the reason of an abort', async () => {
    await expect(judge({ 'a.ts': '' }, [], AbortSignal.abort(new Error('stopped by hand')))).rejects.toThrow('stopped');
  });

  it('names its tool and version', () => {
    expect(secretsCheck({ allow: nothing })).toMatchObject({
      name: 'secrets',
      tool: 'secretlint',
      version: expect.stringMatching(/^11\./) as unknown,
    });
  });
});
