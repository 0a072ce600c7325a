import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptCheck } from './script';
import { appearing, untilGone } from './testing/processes';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-script-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What comes of a shell script in the folder, and what it wrote. */
async function judge(text: string, { signal = new AbortController().signal, mode = 0o755 } = {}) {
  await writeFile(join(folder, 'check.sh'), `#!/bin/sh\n${text}\n`);
  await chmod(join(folder, 'check.sh'), mode);
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  const check = scriptCheck({ key: 'load.command', command: ['./check.sh'], timeout: 1_000, onLine });
  return { ...(await check.run({ folder, env: { SLUICE_URL: 'http://127.0.0.1:1' } }, signal)), lines };
}

describe("a command of the project's own", () => {
  it('passes when it exits 0, in its folder, and is told what to look at', async () => {
    const { status, reason, lines } = await judge('echo "at $SLUICE_URL"; pwd -P');

    expect({ status, reason }).toEqual({ status: 'pass', reason: '"./check.sh" passed' });
    expect(lines).toEqual(['at http://127.0.0.1:1', folder]);
  });

  it.each<[string, string, string]>([
    ['exits 1', 'exit 1', '"./check.sh" ended with exit code 1'],
    ['finds no tool', 'no-such-tool', '"./check.sh" ended with exit code 127'],
    ['is killed', 'kill -9 $$', '"./check.sh" ended with signal SIGKILL'],
  ])('fails when it %s, and shows what it wrote last', async (_, text, expected) => {
    const { status, reason, findings } = await judge(`echo first; echo second >&2; ${text}`);

    expect({ status, reason }).toEqual({ status: 'fail', reason: expected });
    expect(findings[0]?.message).toMatch(/^first\nsecond/);
  });

  it('fails when there is no such program', async () => {
    const check = scriptCheck({ key: 'load.command', command: ['./gone.sh'], timeout: 60_000 });

    expect(await check.run({ folder, env: {} }, new AbortController().signal)).toMatchObject({
      status: 'fail',
      reason: 'the command "./gone.sh" (load.command) does not exist',
    });
  });

  it('fails when the program may not be run', async () => {
    expect(await judge('exit 0', { mode: 0o644 })).toMatchObject({
      status: 'fail',
      reason: '"./check.sh" was not started: EACCES (is it executable?)',
    });
  });

  it('is ended with all that it started, deaf as it may be', async () => {
    const stop = new AbortController();
    const judged = judge("trap '' TERM; sleep 300 & echo $! > child; wait", { signal: stop.signal });
    const child = Number(await appearing(join(folder, 'child')));
    stop.abort(new Error('gave no result in time'));

    await expect(judged).rejects.toThrow('gave no result in time');
    await untilGone(child);
  });
});
