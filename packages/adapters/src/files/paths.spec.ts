import { join } from 'node:path';
import * as paths from './paths';

describe('paths', () => {
  it('lays files out as the design says', () => {
    expect(paths.stateFile('/w', 'web', 'staging')).toBe('/w/.sluice/state/staging/web.json');
    expect(paths.releaseFolder('/w', 'web', '1a2b3c4d5e6f')).toBe('/w/.sluice/releases/web/1a2b3c4d5e6f');
    expect(paths.auditFile('/w')).toBe('/w/.sluice/audit.jsonl');
    expect(paths.hostFolder('/w')).toBe('/w/.sluice/host');
    expect(paths.receiptFile('/w', 'web', 'load')).toBe('/w/.sluice/receipts/web/load.json');
    expect(paths.buildFolder('/w', 'web')).toBe('/w/.sluice/build/web');
    expect(paths.worktreePath('/w', { phase: 6, task: 1 })).toBe('/w/worktrees/phase-6-task-1');
    expect(paths.worktreeBranch({ phase: 6, task: 1 })).toBe('feature/phase-6-task-1');
    expect(paths.reportFile('/w')).toBe('/w/.taskmaster/DEPLOYMENT_REPORT.md');
    expect(paths.signalFile('/w')).toBe('/w/.taskmaster/.signals/phase6-complete.json');
    expect(paths.deploymentFolder('/w', 'web')).toBe('/w/.taskmaster/deployments/web');
    expect(paths.logFile('/w', 'canary')).toBe('/w/logs/deployment-canary.log');
  });

  it('makes one folder of a scoped name, and of no two names the same', () => {
    expect(paths.buildFolder('/w', '@acme/web')).toBe('/w/.sluice/build/@acme+web');
    expect(() => paths.folderName('project', '@acme+web')).toThrow(/cannot be used as a file name/);
  });

  it.each(['web', 'Größe', 'a.b_c-d', '_x', '@a/b.c'])('takes the name %p', (name) => {
    expect(join('/w', paths.folderName('project', name)).split('/')).toHaveLength(3);
  });

  it.each([
    ...['', '.', '..', 'a..b', '../a', 'a/b', '/a', 'a\\b', 'a\0b', '.a', '-a', 'a b', 'a:b', 'a+b', 'a\nb'],
    ...['@', '@a', '@/a', '@a/', '@a/b/c', '@../a', '@a/..', '@a/.b', 'a@b/c', 'x'.repeat(201)],
  ])('refuses the name %j', (name) => {
    for (const kind of ['project', 'environment', 'release', 'stage'] as const) {
      expect(() => paths.folderName(kind, name)).toThrow(/name .* cannot be used as a file name/s);
    }
  });

  it('refuses such a name in every path that would hold it', () => {
    const attempts = [
      () => paths.stateFile('/w', '../x', 'staging'),
      () => paths.stateFile('/w', 'web', '../x'),
      () => paths.releaseFolder('/w', 'web', '../x'),
      () => paths.receiptFile('/w', 'web', '../x'),
      () => paths.deploymentFolder('/w', '../x'),
      () => paths.logFile('/w', '../x'),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(/name .* cannot be used as a file name/s);
  });

  it.each([
    ['.taskmaster/DEPLOYMENT_REPORT.md', true],
    ['.taskmaster/.signals/phase6-complete.json', true],
    ['.taskmaster/deployments/web/report.md', true],
    ['logs/deployment-staging.log', true],
    ['.sluice/receipts/web/load.json', true],
    ['worktrees/phase-6-task-1/', true],
    ['.taskmaster/tasks/tasks.json', false],
    ['.taskmaster/.signals/phase5-complete.json', false],
    ['logs/app.log', false],
    ['logs/deployment-x/y.log', false],
    ['app/.sluice/x', false],
    ['src/worktrees/x', false],
    ['.taskmaster/DEPLOYMENT_REPORT.md.bak', false],
  ])("knows that %s is the pipeline's own: %s", (path, own) => {
    expect(paths.isOwnFile(path)).toBe(own);
  });
});
