import { runChecks } from '@sluice/core';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { targetChecks, type TargetsSettings } from './nx-targets';

jest.setTimeout(120_000); // nx itself is started

let worktree: string;
beforeEach(async () => {
  worktree = await mkdtemp(join(tmpdir(), 'targets-'));
});
afterEach(() => rm(worktree, { recursive: true, force: true }));

async function write(files: Record<string, unknown>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(worktree, file)), { recursive: true });
    await writeFile(join(worktree, file), typeof content === 'string' ? content : JSON.stringify(content));
  }
}
/** An nx that says how it was called and ends as told. */
const fakeNx = (script: string) =>
  write({
    'node_modules/nx/package.json': { name: 'nx', version: '23.9.9', bin: { nx: './bin/nx.js' } },
    'node_modules/nx/bin/nx.js': script,
  });

const clock = { now: () => 0, sleepUntil: () => new Promise<void>(() => undefined) };
const judge = (targets: string[], settings: Partial<TargetsSettings> = {}) =>
  runChecks(
    targetChecks({ targets: ['lint', 'test'], allowNoTests: false, ...settings }),
    { worktree, project: 'app', targets },
    { clock, signal: new AbortController().signal },
  );

describe('the targets of readiness', () => {
  it('are those of the project and of what it depends on, together', async () => {
    await fakeNx("console.log(process.argv.slice(2).join(' ')); process.exit(process.argv[2] === 'run' ? 0 : 4)");
    const dependencies = [
      { name: 'lib', targets: ['test'] },
      { name: 'types', targets: ['build'] },
    ];

    const results = await runChecks(
      targetChecks({ targets: ['lint', 'test', 'e2e'], allowNoTests: false }),
      { worktree, project: 'app', targets: ['lint', 'test'], dependencies },
      { clock, signal: new AbortController().signal },
    );

    expect(results.slice(1)).toMatchObject([
      { check: 'target:lint', status: 'pass', reason: 'nx run app:lint passed' },
      {
        check: 'target:test',
        status: 'fail',
        reason: 'nx run-many --targets=test --projects=app,lib ended with exit code 4',
      },
      { check: 'target:e2e', status: 'skip' },
    ]);
  });

  it('do not make up for tests that the project lacks', async () => {
    const results = await runChecks(
      targetChecks({ targets: ['test'], allowNoTests: false }),
      { worktree, project: 'app', targets: [], dependencies: [{ name: 'lib', targets: ['test'] }] },
      { clock, signal: new AbortController().signal },
    );

    expect(results[0]).toMatchObject({ check: 'tests-exist', status: 'fail' });
  });

  it('run one by one, by the nx of the worktree, as if nobody had started us', async () => {
    const lines: string[] = [];
    await fakeNx(`
      const { NX_TASK_HASH, NX_DAEMON, NX_CACHE_DIRECTORY, SLUICE_DEPTH } = process.env;
      const folder = require('node:path').basename(process.cwd());
      console.log(...process.argv.slice(2), folder, NX_TASK_HASH, NX_DAEMON, NX_CACHE_DIRECTORY, SLUICE_DEPTH);
    `);
    process.env['NX_TASK_HASH'] = 'x';

    const results = await judge(['lint', 'test', 'build'], {
      env: { NX_CACHE_DIRECTORY: '/cache' },
      onLine: (line) => lines.push(line),
    });

    delete process.env['NX_TASK_HASH'];
    expect(results).toMatchObject([
      { check: 'tests-exist', status: 'pass', reason: 'app is tested by test' },
      { check: 'target:lint', status: 'pass', tool: 'nx', version: '23.9.9', reason: 'nx run app:lint passed' },
      { check: 'target:test', status: 'pass', reason: 'nx run app:test passed' },
    ]);
    expect(lines).toEqual([
      `run app:lint --output-style=stream ${basename(worktree)} undefined false /cache 1`,
      `run app:test --output-style=stream ${basename(worktree)} undefined false /cache 1`,
    ]);
  });

  it('block when one fails, with its last lines, and run the others', async () => {
    await fakeNx(`
      console.log('1 of 2 tests failed');
      process.exitCode = process.argv[3] === 'app:lint' ? 0 : 1;
    `);

    expect(await judge(['lint', 'test'])).toMatchObject([
      { status: 'pass' },
      { status: 'pass' },
      {
        status: 'fail',
        reason: 'nx run app:test ended with exit code 1',
        findings: [{ severity: 'high', message: '1 of 2 tests failed' }],
      },
    ]);
  });

  it('block for a project without tests', async () => {
    await fakeNx('');

    expect(await judge(['lint'])).toMatchObject([
      { check: 'tests-exist', status: 'fail', reason: 'app has no tests (looked for test)' },
      { check: 'target:lint', status: 'pass' },
      { check: 'target:test', status: 'skip', reason: 'app has no target test' },
    ]);
  });

  it('say that a project needs no tests where that is allowed', async () => {
    await fakeNx('');
    const [exist] = await judge(['lint'], { allowNoTests: true });

    expect(exist).toMatchObject({ status: 'skip' });
    expect(exist?.reason).toContain('readiness.allowNoTests');
  });

  it('block when none of them is a test', async () => {
    await fakeNx('');

    expect((await judge(['lint', 'test'], { targets: ['lint'] }))[0]).toMatchObject({ status: 'fail' });
  });

  it('block when nx is not installed in the worktree', async () => {
    const results = await judge(['test'], { targets: ['test'] });

    expect(results[1]).toMatchObject({ status: 'fail', version: 'not run' });
    expect(results[1]?.reason).toContain('nx is not installed in');
  });

  it('block, and start nothing, where a stage starts itself', async () => {
    await fakeNx('');
    process.env['SLUICE_DEPTH'] = '2';

    const results = await judge(['test'], { targets: ['test'] });

    delete process.env['SLUICE_DEPTH'];
    expect(results[1]).toMatchObject({ status: 'fail' });
    expect(results[1]?.reason).toContain('A Sluice stage started itself again');
  });

  it('are run by the real nx', async () => {
    await symlink(join(dirname(require.resolve('nx/package.json')), '..'), join(worktree, 'node_modules'));
    const target = (script: string) => ({ executor: 'nx:run-commands', options: { command: `node -e "${script}"` } });
    await write({
      'nx.json': {},
      'package.json': { name: 'workspace', private: true },
      'app/project.json': { name: 'app', targets: { lint: target('1'), test: target('process.exit(1)') } },
    });
    const folder = {
      NX_CACHE_DIRECTORY: join(worktree, '.cache'),
      NX_WORKSPACE_DATA_DIRECTORY: join(worktree, '.data'),
    };

    expect(await judge(['lint', 'test', 'gone'], { targets: ['lint', 'test', 'gone'], env: folder })).toMatchObject([
      { status: 'pass' },
      { check: 'target:lint', status: 'pass' },
      { check: 'target:test', status: 'fail' },
      { check: 'target:gone', status: 'fail' },
    ]);
  });
});
