import { readCommandLine, type CommandLine } from './command-line';

const read = (line: string) =>
  readCommandLine(['node', 'nx', ...line.split(' ').filter(Boolean)], (name) => name.startsWith('deploy-'));
const asked = (more: Partial<CommandLine>): CommandLine => ({
  command: 'run',
  projects: ['app'],
  targets: ['deploy-prod'],
  configuration: null,
  passed: [],
  ...more,
});

describe('a command line of Nx', () => {
  it.each<[string, Partial<CommandLine>]>([
    ['run app:deploy-prod', {}],
    ['run app:deploy-prod:next', { configuration: 'next' }],
    ['run app:deploy-prod -c next', { configuration: 'next' }],
    ['run app:deploy-prod --configuration=next', { configuration: 'next' }],
    ['run app:deploy-prod --prod', { configuration: 'production' }],
    ['run @acme/web:deploy-prod', { projects: ['@acme/web'] }],
    ['run group:app:deploy-prod:next', { projects: ['group:app'], configuration: 'next' }],
    ['run deploy-prod', { projects: [] }],
    ['run --project app --target deploy-prod', {}],
    ['run -p app -t deploy-prod', {}],
    ['deploy-prod app', {}],
    ['deploy-prod --project=app', {}],
    ['deploy-prod', { projects: [] }],
    ['deploy-prod app -c=next', { configuration: 'next' }],
  ])('%s names one target of one project', (line, expected) => {
    expect(read(line)).toEqual(asked(expected));
  });

  it.each<[string, Partial<CommandLine>]>([
    ['run-many -t deploy-prod', { projects: [] }],
    ['run-many -t build deploy-prod', { projects: [], targets: ['build', 'deploy-prod'] }],
    [
      'run-many --targets=build,deploy-prod -p app,api',
      { projects: ['app', 'api'], targets: ['build', 'deploy-prod'] },
    ],
    ['run-many --target deploy-prod --projects app api --verbose', { projects: ['app', 'api'] }],
    ['run-many -t deploy-prod --exclude a b --parallel 3', { projects: [] }],
  ])('%s names targets of many projects', (line, expected) => {
    expect(read(line)).toEqual(asked({ command: 'run-many', ...expected }));
  });

  it('of affected projects knows no project', () => {
    expect(read('affected -t deploy-prod --base main --head HEAD --files a.ts b.ts')).toEqual(
      asked({ command: 'affected', projects: [] }),
    );
  });

  it.each([
    '--skip-nx-cache',
    '--skipNxCache=true',
    '--verbose',
    '--verbose true',
    '--parallel=3',
    '--parallel 3',
    '--output-style=stream',
    '--outputStyle static',
    '--no-cloud',
    '--no-tui',
    '--excludeTaskDependencies',
    '--nxBail',
    '--batch',
    '--graph',
    '--graph=stdout',
    '--tuiAutoExit 3',
    '--nxIgnoreCycles --skip-sync --runner default',
  ])('keeps %s to Nx itself', (options) => {
    expect(read(`run app:deploy-prod ${options}`)?.passed).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['run app:deploy-prod --dryRun', ['dryRun']],
    ['run app:deploy-prod --dry-run=false', ['dryRun']],
    ['run app:deploy-prod --no-wait', ['noWait']],
    ['run app:deploy-prod --to=abc --reason x', ['to', 'reason', 'x']],
    ['run app:deploy-prod next', ['next']],
    ['run app:deploy-prod -- --dryRun x', ['dryRun', 'x']],
    ['deploy-prod app next', ['next']],
    ['run --project app --target deploy-prod next', ['next']],
    ['run-many -t deploy-prod --dry-run --verbose', ['dryRun']],
    ['affected --dryRun -t deploy-prod', ['dryRun']],
  ])('%s hands on what is not for Nx', (line, passed) => {
    expect(read(line)?.passed).toEqual(passed);
  });

  it.each(['', '--version', '--help'])('without a command means nothing: "%s"', (line) => {
    expect(read(line)).toBeNull();
  });
});
