import type { ProjectGraph, ProjectGraphProjectNode, TargetConfiguration } from '@nx/devkit';
import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { preTasksExecution } from './pre-tasks-execution';
import { checkCommandLine } from './refusal';

const environments = { staging: { port: 4301 }, production: { port: 4300 } };
const config = { runtime: { command: ['node', 'main.js'] }, environments, configurations: { next: {}, later: {} } };

const target = (executor: string, names: string[]) => ({
  executor,
  configurations: Object.fromEntries(names.map((name) => [name, {}])),
});
const node = (name: string, targets: Record<string, TargetConfiguration>): ProjectGraphProjectNode => ({
  name,
  type: 'app',
  data: { root: `apps/${name}`, targets },
});
const ours = ['immediate', 'next'];
const graph: ProjectGraph = {
  nodes: {
    app: node('app', {
      'deploy-prod': target('@sluice/nx:production', ours),
      'deploy-worktree': target('@sluice/nx:worktree', ours),
      'deploy-status': target('@sluice/nx:status', ours),
      'deploy-rollback': target('@sluice/nx:rollback', ours),
    }),
    legacy: node('legacy', { 'deploy-prod': target('nx:run-commands', ['production']) }),
  },
  dependencies: {},
};

/** What the hook says to a command line; null where it lets it pass. */
async function answerTo(
  line: string,
  known: ProjectGraph | null = graph,
  file: unknown = config,
): Promise<string | null> {
  const root = scratchWorkspace({ 'apps/app/sluice.json': file });
  try {
    await checkCommandLine(['node', 'nx', ...line.split(' ')], root, async () => known);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

afterEach(removeWorkspaces);

describe('before the tasks of a run', () => {
  it.each([
    ['run app:deploy-prod --dryRun', 'nx run app:deploy-plan'],
    ['run app:deploy-prod --dry-run', 'nx run app:deploy-plan'],
    ['deploy-prod app --dryRun=true', 'nx run app:deploy-plan'],
    ['run app:deploy-prod -- --dryRun', 'nx run app:deploy-plan'],
    ['run-many -t deploy-prod --dryRun', 'nx run-many -t deploy-plan'],
    ['run-many -t build deploy-prod -p app --dryRun', 'nx run-many -t deploy-plan -p app'],
    ['affected -t deploy-prod --dryRun', 'nx affected -t deploy-plan'],
    ['run app:deploy-prod --to=1a2b3c', 'nx run app:deploy-rollback --to=RELEASE'],
    ['run app:deploy-prod --reason=why', 'nx run app:deploy-retry --reason=TEXT'],
    ['run app:deploy-prod --json', 'nx run app:deploy-status --json'],
    ['run app:deploy-prod --immediate', 'nx run app:deploy-prod:immediate'],
    ['run app:deploy-prod immediate', 'nx run app:deploy-prod:immediate'],
    ['run-many -t deploy-prod --next', 'nx run-many -t deploy-prod -c next'],
  ])('%s is refused, and the right command is named', async (line, command) => {
    expect(await answerTo(line)).toMatch(/^OPTION_REFUSED: --\w+ on deploy-prod would not reach the stages/);
    expect(await answerTo(line)).toMatch(new RegExp(`\nUse: ${command}$`));
  });

  it('an option of nobody is sent to sluice.json', async () => {
    expect(await answerTo('run app:deploy-prod --steps=5')).toContain(
      '\nUse: nx run app:deploy-prod, with the setting in',
    );
  });

  it.each([
    'run app:deploy-prod',
    'run app:deploy-prod:next',
    'run app:deploy-prod -c immediate --skip-nx-cache --verbose --output-style=stream',
    'run app:deploy-prod --excludeTaskDependencies --nxBail --parallel 2',
    'run app:deploy-rollback --to=1a2b3c --reason=why',
    'run app:deploy-status --json --watch',
    'run-many -t deploy-status --json',
    'run app:deploy-worktree --dryRun', // it has no stage before it: its schema refuses the option
    'run app:build --dryRun',
    'run legacy:deploy-prod --dryRun',
    'run-many -t deploy-prod -p legacy -c production --dryRun',
    'run app:deploy-preview --dryRun',
    'show project app',
    '--help',
  ])('%s passes', async (line) => {
    expect(await answerTo(line)).toBeNull();
  });

  it.each(['run app:deploy-prod:nxet', 'run app:deploy-status -c nxet', 'run-many -t deploy-prod -c nxet'])(
    '%s is refused, for Nx would run the default instead',
    async (line) => {
      expect(await answerTo(line)).toBe(
        'CONFIGURATION_UNKNOWN: sluice.json has no configuration "nxet".\nUse one of: immediate, later, next.',
      );
    },
  );

  it('a configuration that is newer than the stored graph passes', async () => {
    expect(await answerTo('run app:deploy-prod:later')).toBeNull();
  });

  it('a configuration that is asked of a broken sluice.json brings up what is wrong with it', async () => {
    expect(await answerTo('run app:deploy-prod:later', graph, '{')).toContain('CONFIG_INVALID: apps/app/sluice.json');
  });

  it('an option is refused, and a configuration passes, where the graph cannot be read', async () => {
    expect(await answerTo('run app:deploy-prod --dryRun', null)).toContain('OPTION_REFUSED');
    expect(await answerTo('run app:deploy-prod:nxet', null)).toBeNull();
  });

  it('the hook itself tells the day, by which a pass of the security stage ends', async () => {
    const told = { id: '1', workspaceRoot: '/nowhere', nxJsonConfiguration: {} };
    jest.useFakeTimers({ now: Date.UTC(2026, 11, 31, 23, 59) });
    await preTasksExecution(undefined, { ...told, argv: ['node', 'nx', 'run', 'app:deploy-security'] });
    jest.useRealTimers();

    expect(process.env['SLUICE_DAY']).toBe('2026-12-31');
    delete process.env['SLUICE_DAY'];
  });

  it('the hook itself reads nothing when no deploy target is named', async () => {
    const nxJsonConfiguration = {};
    const context = {
      id: '1',
      workspaceRoot: '/nowhere',
      nxJsonConfiguration,
      argv: ['node', 'nx', 'run', 'app:build', '--dryRun'],
    };

    await expect(preTasksExecution(undefined, context)).resolves.toBeUndefined();
  });
});
