import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { smokeCheck } from './smoke';
import { appearing, untilGone } from './testing/processes';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smoke-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const script = async (text: string) => {
  await writeFile(join(folder, 'smoke.js'), text);
  return ['node', 'smoke.js'];
};
const judge = (
  command: readonly string[] | undefined,
  { signal = new AbortController().signal, onLine = (_: string) => {} } = {},
) => smokeCheck({ command, onLine }).run({ folder, baseUrl: 'http://127.0.0.1:4000' }, signal);
describe('the smoke check', () => {
  it('blocks when the smoke test fails, with its last 20 lines', async () => {
    const command = await script(`
      for (let at = 1; at <= 30; at++) console.log('line ' + at);
      console.error('\\u001b[31mGET / answered 500\\u001b[0m');
      process.exitCode = 3;
    `);

    const { status, reason, findings } = await judge(command);

    expect(status).toBe('fail');
    expect(reason).toBe('"node smoke.js" ended with exit code 3 against http://127.0.0.1:4000');
    const lines = findings[0]?.message.split('\n') ?? [];
    expect(lines).toHaveLength(20);
    expect(lines).toContain('GET / answered 500');
    expect(lines).not.toContain('line 1');
  });

  it('passes the repaired twin, which runs in the folder and knows where the release answers', async () => {
    const lines: string[] = [];
    const command = await script(`
      console.log(process.env.BASE_URL, require('node:fs').existsSync('smoke.js'), process.env.SLUICE_DEPTH);
    `);

    expect(await judge(command, { onLine: (line) => lines.push(line) })).toMatchObject({
      status: 'pass',
      reason: '"node smoke.js" passed against http://127.0.0.1:4000',
    });
    expect(lines).toEqual(['http://127.0.0.1:4000 true 1']);
  });

  it('blocks when the command does not exist, and names it', async () => {
    expect(await judge(['no-such-command', '--all'])).toMatchObject({
      status: 'fail',
      reason: 'the command "no-such-command" (smoke) does not exist',
    });
  });

  it('blocks when the command may not be run', async () => {
    await script('');

    expect(await judge(['./smoke.js'])).toMatchObject({
      status: 'fail',
      reason: expect.stringContaining('not started: EACCES') as unknown,
    });
  });

  it('blocks when the test is killed', async () => {
    const { reason } = await judge(await script(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`));

    expect(reason).toContain('ended with signal SIGKILL');
  });

  it('says when it wrote nothing', async () => {
    expect(await judge(await script('process.exitCode = 1'))).toMatchObject({
      findings: [{ message: '(it wrote nothing)' }],
    });
  });

  it('is skipped without a command', async () => {
    const { status, reason } = await judge(undefined);

    expect(status).toBe('skip');
    expect(reason).toContain('no smoke test is configured');
  });

  it('rejects when the folder is not there, rather than blame the command', async () => {
    await rm(folder, { recursive: true });

    await expect(judge(['node', 'smoke.js'])).rejects.toThrow('ENOENT');
  });

  it('ends the whole process group on an abort', async () => {
    const stop = new AbortController();
    const command = await script(`
      const { spawn } = require('node:child_process');
      const { writeFileSync } = require('node:fs');
      process.on('SIGTERM', () => {}); // deaf
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      writeFileSync('pids', process.pid + ' ' + child.pid + '\\n');
      setInterval(() => {}, 1000);
    `);

    const running = judge(command, { signal: stop.signal });
    const pids = (await appearing(join(folder, 'pids'))).trim().split(' ').map(Number);
    stop.abort(new Error('stopped by hand'));

    await expect(running).rejects.toThrow('stopped by hand');
    await untilGone(...pids);
  });

  it('leaves nothing behind that the test started, nor waits for it', async () => {
    const command = await script(`
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      child.unref();
      require('node:fs').writeFileSync('pid', child.pid + '\\n');
    `);

    expect(await judge(command)).toMatchObject({ status: 'pass' });
    const pid = Number(await appearing(join(folder, 'pid')));
    await untilGone(pid);
  });
});
