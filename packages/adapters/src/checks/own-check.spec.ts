import { tmpdir } from 'node:os';
import { runChecks } from '@sluice/core';
import { ownCheck } from './own-check';

const clock = { now: () => 0, sleepUntil: () => new Promise<void>(() => undefined) };
const judge = async (...command: string[]) => {
  const check = ownCheck({ name: 'backup', command, timeout: 60_000 });
  const [result] = await runChecks([check], { folder: tmpdir() }, { clock, signal: new AbortController().signal });
  return result;
};

describe("a check of a team's own", () => {
  it.each<[string, string[], string, string]>([
    [
      'passes on 0, with its last line',
      ['node', '-e', "console.log('a\\nlast backup: today\\n')"],
      'pass',
      'last backup: today',
    ],
    [
      'fails on anything else',
      ['node', '-e', "console.log('too old'); process.exit(3)"],
      'fail',
      'exit code 3: too old',
    ],
    ['fails when it was ended', ['node', '-e', 'process.kill(process.pid)'], 'fail', 'signal SIGTERM: '],
    [
      'fails when there is no such program',
      ['no-such-program'],
      'fail',
      'the command "no-such-program" does not exist',
    ],
    ['says that it said nothing', ['node', '-e', ''], 'pass', '"node -e " said nothing'],
  ])('%s', async (_, command, status, reason) => {
    const result = await judge(...command);

    expect(result).toMatchObject({ check: 'backup', tool: 'command', status });
    expect(result?.reason).toContain(reason);
  });
});
