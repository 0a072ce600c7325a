import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createAllowlist, runChecks, type CheckResult } from '@sluice/core';
import { isAlive } from '../../processes/is-alive';
import { containerCheck, fileScanChecks } from './chosen';

const containing = (text: string): unknown => expect.stringContaining(text);
const allow = createAllowlist([], '2026-01-01');
const recorded = (name: string) => readFile(join(__dirname, 'testing/recorded', `${name}.json`), 'utf8');

let folder: string;
let PATH: string | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanner-'));
  PATH = process.env['PATH'];
  process.env['PATH'] = join(folder, 'bin'); // nothing of this machine
  await write(
    'content/src/main.js',
    "const { exec } = require('node:child_process');\nmodule.exports = (name) => exec(`ls ${name}`);\n",
  );
  await write('content/rules.yml', 'rules: []\n');
});
afterEach(async () => {
  process.env['PATH'] = PATH;
  await rm(folder, { recursive: true, force: true });
});

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** A program that tells a version, and else runs this; `$report` is the file that it is to write. */
async function fake(program: string, script: string): Promise<void> {
  const told = `case "$*" in version|--version*) echo 8.30.1; exit 0;; esac`;
  const report = `for word in "$@"; do [ "$take" ] && report=$word; take=; case $word in --report-path|--output|--file) take=1;; esac; done`;
  await write(`bin/${program}`, `#!/bin/sh\nPATH=/usr/bin:/bin\n${told}\n${report}\n${script}\n`);
  await chmod(join(folder, 'bin', program), 0o755);
}

type Tools = Parameters<typeof containerCheck>[0];
const off: Tools = { gitleaks: false, semgrep: false, trivy: false, grype: false };
const tools = {
  gitleaks: { ...off, gitleaks: {} },
  semgrep: { ...off, semgrep: { config: 'rules.yml' } },
  trivy: { ...off, trivy: {} },
  grype: { ...off, grype: {} },
} as const satisfies Record<string, Tools>;
type Program = keyof typeof tools;

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise(setImmediate);
};

/** What a scanner comes to, beside others that are turned off. */
async function scan(
  program: Program,
  more: Partial<Tools> = {},
  overrun: Promise<void> = new Promise(() => undefined),
): Promise<CheckResult | undefined> {
  const settings = { severity: 'high' as const, allow, worktree: folder };
  const used = { ...tools[program], ...more };
  const isOfPackages = program === 'trivy' || program === 'grype';
  const checks = isOfPackages
    ? [containerCheck(used, settings)]
    : fileScanChecks(used, settings, ['src/main.js', 'rules.yml']).filter(({ name }) => name === program);
  const subject = { folder: join(folder, isOfPackages ? 'artifact' : 'content') };
  const clock = { now: () => 0, sleepUntil: () => overrun };
  const [result] = await runChecks(checks, subject, { clock, signal: new AbortController().signal });
  return result;
}

const printing = (text: string, exitCode: number) => `cat > "$report" <<'END'\n${text}\nEND\nexit ${exitCode}`;

const found: Record<Program, { code: number; report: () => Promise<string> }> = {
  gitleaks: { code: 3, report: () => recorded('gitleaks-found') },
  semgrep: { code: 1, report: () => recorded('semgrep-found') },
  trivy: { code: 3, report: async () => JSON.stringify(trivyReport([vulnerability])) },
  grype: { code: 2, report: () => recorded('grype-found') },
};
const clean: Record<Program, () => Promise<string>> = {
  gitleaks: () => recorded('gitleaks-nothing'),
  semgrep: () => recorded('semgrep-nothing'),
  trivy: async () => JSON.stringify(trivyReport([])),
  grype: () => recorded('grype-nothing'),
};

/** As the documentation of Trivy has it: no Trivy was there to record. */
const vulnerability = {
  ...{ VulnerabilityID: 'CVE-2026-1', PkgName: 'left', InstalledVersion: '1.0.0', FixedVersion: '2.0.0' },
  ...{ Severity: 'HIGH', Title: 'Reads any file', PrimaryURL: 'https://avd.aquasec.com/nvd/cve-2026-1' },
};
const trivyReport = (Vulnerabilities: object[]) => ({
  SchemaVersion: 2,
  ArtifactName: 'bom.json',
  Results: [{ Target: 'Node.js', Class: 'lang-pkgs', Type: 'node-pkg', Packages: [{ Name: 'left' }], Vulnerabilities }],
});

const programs: Program[] = ['gitleaks', 'semgrep', 'trivy', 'grype'];

describe.each(programs)('%s', (program) => {
  beforeEach(async () => {
    await write('artifact/package.json', '{"name":"app","dependencies":{"left":"1"}}');
    await write('artifact/node_modules/left/package.json', '{"name":"left","version":"1.0.0"}');
  });

  it('blocks on what it found, with its version', async () => {
    const { code, report } = found[program];
    await fake(program, printing(await report(), code));

    const result = await scan(program);
    expect(result).toMatchObject({ status: 'fail', tool: program });
    expect(result?.version).toMatch(/^\d+\.\d+|^\[not provided\]$/);
    expect(result?.findings).toHaveLength(1);
    expect(result?.findings[0]?.rule).toBeTruthy();
  });

  it('passes where it found nothing', async () => {
    await fake(program, printing(await clean[program](), 0));

    expect(await scan(program)).toMatchObject({ status: 'pass', findings: [] });
  });

  it('is skipped where it is not there, and says what to install', async () => {
    expect(await scan(program)).toMatchObject({
      status: 'skip',
      reason: containing('is not on this machine: '),
    });
  });

  it('fails where it is not at the path that is named', async () => {
    const config = program === 'semgrep' ? { config: 'rules.yml' } : {};

    expect(await scan(program, { [program]: { ...config, path: './none' } })).toMatchObject({
      status: 'fail',
      reason: `security.tools.${program}.path: there is no program ./none`,
    });
  });

  it('is found by a path from the top of the worktree', async () => {
    await fake(program, printing(await clean[program](), 0));
    process.env['PATH'] = join(folder, 'elsewhere');
    const config = program === 'semgrep' ? { config: 'rules.yml' } : {};

    expect(await scan(program, { [program]: { ...config, path: `./bin/${program}` } })).toMatchObject({
      status: 'pass',
    });
  });

  it.each([
    ['prints rubbish', 'echo all is well > "$report"'],
    ['leaves no report', 'exit 0'],
    ['leaves a report of another version', `echo '{"schema":9,"findings":[]}' > "$report"`],
    ['leaves an empty object', `echo '{}' > "$report"`],
    ['is killed', 'kill -9 $$'],
    ['ends with an exit code of its own', `exit 77`],
  ])('never passes where it %s', async (_, script) => {
    await fake(program, script);

    expect(await scan(program)).toMatchObject({ status: 'fail' });
  });

  it('never passes where it ends with 0 and has findings', async () => {
    await fake(program, printing(await found[program].report(), 0));

    expect(await scan(program)).toMatchObject({
      status: 'fail',
      reason: `${program} can't be trusted: it ended with exit code 0 and reported 1 findings`,
    });
  });

  it('never passes where it ends as if it had findings and has none', async () => {
    await fake(program, printing(await clean[program](), found[program].code));

    expect(await scan(program)).toMatchObject({ status: 'fail' });
  });

  it('never passes where it does not tell its version', async () => {
    await write(`bin/${program}`, '#!/bin/sh\nexit 1\n');
    await chmod(join(folder, 'bin', program), 0o755);

    expect(await scan(program)).toMatchObject({
      status: 'fail',
      reason: `${program} does not tell its version: exit code 1`,
    });
  });

  it('is given up on where it hangs, and nothing of it is left', async () => {
    const file = join(folder, 'pid');
    await fake(program, `echo $$ > ${file}.new && mv ${file}.new ${file}\nsleep 600`);

    expect(
      await scan(
        program,
        {},
        until(() => existsSync(file)),
      ),
    ).toMatchObject({
      status: 'fail',
      reason: 'gave no result within 10m',
    });
    const pid = Number(await readFile(file, 'utf8'));
    await until(() => !isAlive(pid));
  });
});

describe('what scanners say', () => {
  beforeEach(async () => {
    await write('artifact/package.json', '{"name":"app","dependencies":{"left":"1"}}');
    await write('artifact/node_modules/left/package.json', '{"name":"left","version":"1.0.0"}');
  });

  it('holds no secret that Gitleaks found', async () => {
    await fake('gitleaks', printing(await recorded('gitleaks-found'), 3));

    expect((await scan('gitleaks'))?.findings).toEqual([
      { severity: 'critical', message: 'a secret (github-pat)', rule: 'github-pat', file: 'src/key.js', line: 1 },
    ]);
    expect(await readFile(join(folder, 'bin/gitleaks'), 'utf8')).toContain('REDACTED');
  });

  it('quotes nothing of the source that Semgrep quotes', async () => {
    const report = (await recorded('semgrep-found')).replace('`ls ${name', 'child_process of main');
    await write('content/src/main.js', 'x\nexec(child_process)\n');
    await fake('semgrep', printing(report, 1));

    expect((await scan('semgrep'))?.findings).toEqual([
      {
        ...{ severity: 'high', message: 'A shell runs what *** of main holds.', rule: 'shell-from-argument' },
        ...{ file: 'src/main.js', line: 2 },
      },
    ]);
  });

  it.each([
    ['Application: trivy\nVersion:   0.50.1\nGoVersion: go1.26.8', '0.50.1'],
    ['8.30.1', '8.30.1'],
    ['v8.30.1-rc.1', '8.30.1-rc.1'],
    ['version is set by build process', 'version is set by build process'],
    ['Version: [not provided]\nGoVersion: go1.26.8', '[not provided]'],
  ])('of its version in %j is %s', async (told, expected) => {
    await fake('trivy', 'exit 1');
    await write('bin/trivy', `#!/bin/sh\n[ "$1" = --version ] && echo '${told}' && exit 0\nexit 1\n`);

    expect((await scan('trivy'))?.version).toBe(expected);
  });

  it('is no result of Semgrep where its rules are broken', async () => {
    await fake('semgrep', printing(await recorded('semgrep-broken'), 0));

    expect(await scan('semgrep')).toMatchObject({
      status: 'fail',
      reason: containing("can't be trusted: Invalid YAML file"),
    });
  });

  it('warns of files that Semgrep could not read', async () => {
    const report = JSON.parse(await recorded('semgrep-nothing')) as object;
    const errors = [{ code: 3, level: 'warn', type: 'Syntax error', message: 'Syntax error', path: 'b.js' }];
    await fake('semgrep', printing(JSON.stringify({ ...report, errors }), 0));

    expect(await scan('semgrep')).toMatchObject({
      status: 'warn',
      reason: containing('not looked at: b.js'),
    });
  });

  it('is no result of Trivy that looked at less than what is shipped', async () => {
    await fake('trivy', printing('{"SchemaVersion":2,"Results":[]}', 0));

    expect(await scan('trivy')).toMatchObject({ status: 'fail', reason: containing('0 of 1 packages') });
  });
});

describe('which scanner looks', () => {
  it.each<[Partial<Tools>, string[], string]>([
    [{ trivy: {}, grype: {} }, ['trivy', 'grype'], 'trivy'],
    [{ trivy: {}, grype: {} }, ['grype'], 'grype'],
    [{ trivy: {}, grype: {} }, [], 'trivy'],
    [{ grype: {} }, ['trivy'], 'grype'],
    [{ trivy: {}, grype: { path: '/opt/grype' } }, ['trivy'], 'grype'],
  ])('of %j with %j on the machine is %s', async (used, there, expected) => {
    for (const program of there) await fake(program, 'exit 0');

    expect(containerCheck({ ...off, ...used }, { severity: 'high', allow, worktree: folder }).tool).toBe(expected);
  });

  it('is not Semgrep without rules, and not by rules that the stage is not cached by', async () => {
    expect(await scan('semgrep', { semgrep: {} })).toMatchObject({ status: 'skip' });
    expect(await scan('semgrep', { semgrep: { config: 'p/ci' } })).toMatchObject({ status: 'fail' });
  });

  it.each(programs)('is not %s where it is turned off', async (program) => {
    await fake(program, 'exit 0');

    expect(await scan(program, off)).toMatchObject({ status: 'skip', reason: containing('is false') });
  });
});
