import { readFileSync } from 'node:fs';
import { commandLogFile } from '@sluice/adapters/files';
import { git, scratchRepository } from '../testing/repository';
import { aContext, aStageRun } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { security } from './security';

jest.setTimeout(60_000); // secretlint loads its rules
afterAll(removeWorkspaces);

/** What comes of the security stage with this command. */
async function judged(script: string) {
  const settings = {
    runtime: { command: ['node', 'main.js'] },
    environments: { staging: { port: 4301 }, production: { port: 4300 } },
    security: { command: ['node', 'validate.mjs'] },
  };
  const root = scratchRepository({ 'app/sluice.json': settings, 'app/validate.mjs': script });
  const { run } = await aStageRun(root, settings, aContext(root, 'deploy-security'));
  git(root, 'worktree', 'add', '--quiet', '--detach', run.worktree);
  const result = await security(run);
  return { ...result, log: readFileSync(commandLogFile(run.checkout, 'app', 'security'), 'utf8') };
}

describe('the security stage with a command of the project', () => {
  it('passes when that finds nothing in what is shipped, and keeps what it wrote', async () => {
    const { verdict, reasons, log } = await judged(`
      import { readdirSync } from 'node:fs';
      console.log(process.env.SLUICE_STAGE, 'looks at', readdirSync(process.env.SLUICE_ARTIFACT).join());
    `);

    expect(verdict).toBe('pass');
    expect(reasons).toContain('command: "node validate.mjs" passed');
    expect(log).toBe('security looks at main.js\n');
  });

  it('blocks when it does not exit 0', async () => {
    const { verdict, reasons } = await judged('process.exitCode = 2;');

    expect({ verdict, reasons }).toEqual({
      verdict: 'fail',
      reasons: ['command: "node validate.mjs" ended with exit code 2'],
    });
  });
});
