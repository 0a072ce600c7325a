import { execFileSync } from 'node:child_process';
import { flags, listed, valued } from './nx-options';

/** The options of Nx's commands as Nx itself defines them: in a process of its own, for they touch the environment. */
const definitions = `
  const { createRequire } = require('node:module');
  const yargs = createRequire(require.resolve('nx/package.json'))('yargs');
  const { yargsRunCommand, yargsNxInfixCommand } = require('nx/src/command-line/run/command-object');
  const { yargsRunManyCommand } = require('nx/src/command-line/run-many/command-object');
  const { yargsAffectedCommand } = require('nx/src/command-line/affected/command-object');
  const all = [yargsRunCommand, yargsNxInfixCommand, yargsRunManyCommand, yargsAffectedCommand].map(({ builder }) => {
    const parser = yargs([]);
    builder(parser);
    const { boolean, string, number } = parser.getOptions();
    return { flags: boolean, valued: [...string, ...number] };
  });
  const merged = (key) => [...new Set(all.flatMap((each) => each[key]))].sort();
  process.stdout.write(JSON.stringify({ flags: merged('flags'), valued: merged('valued') }));
`;

describe("Nx's own options", () => {
  it('are those that the installed Nx defines', () => {
    const known: unknown = JSON.parse(execFileSync(process.execPath, ['-e', definitions], { encoding: 'utf8' }));
    const newer = ['explain']; // from 24.0 on

    expect(known).toEqual({
      flags: [...flags].sort(),
      valued: [...valued].filter((name) => !newer.includes(name)).sort(),
    });
  });

  it('that may be lists take values', () => {
    for (const name of listed) expect(valued).toContain(name);
  });
});
