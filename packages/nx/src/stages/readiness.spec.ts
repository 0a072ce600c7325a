import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeReceipt, type Receipt } from '@sluice/core';
import type { ProjectConfiguration } from '@nx/devkit';
import { git, scratchRepository } from '../testing/repository';
import { aContext, aStageRun } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { readiness } from './readiness';

afterAll(removeWorkspaces);

const receipt = (stage: string): Receipt =>
  makeReceipt(
    {
      ...{ stage, project: 'app', subject: { content: 'sha256:1', tools: {} }, verdict: 'pass', reasons: [] },
      ...{ figures: {}, checks: [], produced: {} },
    },
    { startedAt: 0, durationMs: 1 },
  );

/** An nx that fails the targets of the projects that are named in `failing`, and says which it ran. */
const nx = {
  'node_modules/nx/package.json': { name: 'nx', version: '23.9.9', bin: { nx: './nx.js' } },
  'node_modules/nx/nx.js': `
    const failing = require('node:fs').readFileSync('failing', 'utf8').trim().split(' ');
    const asked = process.argv.slice(2).join(' ');
    console.log(asked);
    process.exit(failing.some((name) => name !== '' && asked.includes(name)) ? 1 : 0);
  `,
};
const whole = {
  'app/README.md': '# The app',
  'app/RUNBOOK.md': 'Roll back, then look.',
  'app/alerts.yml': 'groups: []',
  'CHANGELOG.md': '# Changes',
  '.github/CODEOWNERS': '* @team',
};
const settings = {
  runtime: { command: ['node', 'main.js'], metrics: { path: '/metrics' } },
  environments: { staging: { port: 4301 }, production: { port: 4300 } },
  smoke: ['node', 'smoke.js'],
};

type Targets = NonNullable<ProjectConfiguration['targets']>;

interface Project {
  files?: Record<string, unknown>;
  targets?: Targets;
  dependency?: Targets;
  /** Projects or targets whose run fails. */
  failing?: string;
  readiness?: object;
}

async function judge({
  files = whole,
  targets = { test: {} },
  dependency,
  failing = '',
  readiness: own,
}: Project = {}) {
  const all = { ...settings, readiness: own };
  const root = scratchRepository({
    'app/sluice.json': all,
    failing,
    '.gitignore': 'node_modules\ncoverage\n',
    ...files,
  });
  const context = aContext(root, 'deploy-readiness');
  const app = { root: 'app', targets };
  context.projectsConfigurations.projects['app'] = app;
  const lib = { root: 'lib', targets: dependency ?? {} };
  context.projectGraph = {
    nodes: {
      app: { name: 'app', type: 'app', data: app },
      ...(dependency && { lib: { name: 'lib', type: 'lib', data: lib } }),
    },
    dependencies: dependency ? { app: [{ source: 'app', target: 'lib', type: 'static' }], lib: [] } : {},
  };
  const { run, said } = await aStageRun(root, all, context);
  git(root, 'worktree', 'add', '--quiet', '--detach', run.worktree);
  for (const [path, content] of Object.entries(nx)) put(join(run.worktree, path), content);
  const evidence = run.evidence && {
    ...run.evidence,
    receipts: { security: receipt('security'), load: receipt('load') },
  };
  const result = await readiness({ ...run, evidence });
  return { ...result, score: result.figures?.['score'], said: said.join('\n') };
}

function put(path: string, content: unknown): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

describe('readiness', () => {
  it('is a GO where everything is there, and says so in its form', async () => {
    const { verdict, score, said, checks } = await judge();

    expect({ verdict, score }).toEqual({ verdict: 'pass', score: 100 });
    expect(said).toMatch(
      /^PRODUCTION READINESS SCORE: 100\/100\nBLOCKING ISSUES: 0\nGO\/NO-GO RECOMMENDATION: GO\nRATIONALE:\n/,
    );
    expect(said).toMatch(/\nNEXT STEPS:\n {2}- deploy to staging$/);
    expect(checks).toContainEqual(expect.objectContaining({ check: 'score:runbook', status: 'pass' }));
  });

  it.each<[string, Project, string]>([
    ['has no tests', { targets: { lint: {} } }, 'tests-exist: app has no tests (looked for test, e2e)'],
    ['fails its tests', { failing: 'app:test' }, 'target:test: nx run app:test ended with exit code 1'],
    ['fails its lint', { targets: { lint: {}, test: {} }, failing: 'app:lint' }, 'target:lint: nx run app:lint ended'],
    [
      'depends on something that fails its tests',
      { dependency: { test: {} }, failing: 'lib' },
      'target:test: nx run-many --targets=test --projects=app,lib ended with exit code 1',
    ],
    ['lacks documents', { files: {} }, 'readiness: production readiness score 70/100 (minimum 90), 0 blocking'],
    [
      'fails a check of its own',
      { readiness: { minScore: 97, checks: [{ name: 'backup', group: 'operations', command: ['false'] }] } },
      'readiness: production readiness score 96/100 (minimum 97), 0 blocking',
    ],
  ])('blocks a project that %s, and no longer once that is mended', async (_, broken, reason) => {
    const { verdict, reasons } = await judge(broken);

    expect(verdict).toBe('fail');
    expect(reasons.join('\n')).toContain(reason);
    expect(await judge({ ...broken, ...mended(broken) })).toMatchObject({ verdict: 'pass' });
  });

  it('lets a project without tests pass that is allowed to, and does not count them as passed', async () => {
    const { verdict, said } = await judge({ targets: {}, readiness: { allowNoTests: true } });

    expect(verdict).toBe('pass');
    expect(said).toContain('  testing        left out\n  security       35.7 of 35.7');
  });

  it('says what would raise the score, and by how much', async () => {
    const { 'app/RUNBOOK.md': _, ...rest } = whole;
    const { verdict, score, said } = await judge({ files: rest });

    expect({ verdict, score }).toEqual({ verdict: 'pass', score: 95 });
    expect(said).toContain('NEXT STEPS:\n  - runbook (+5.0): say what to do when it misbehaves: app/RUNBOOK.md');
  });

  it('takes an empty document for none', async () => {
    expect(await judge({ files: { ...whole, 'app/RUNBOOK.md': ' \n' } })).toMatchObject({ score: 95 });
  });

  it.each([
    [91, 100],
    [92, 85],
  ])('asks for a coverage of %i where 91.5 are reached: %i points', async (coverage, score) => {
    const targets = { test: { outputs: ['{workspaceRoot}/coverage/{projectRoot}'] } };
    const report = { total: { lines: { pct: 91.5 } } };
    const failing = '';
    const files = { ...whole, 'coverage/app/coverage-summary.json': report };
    expect(await judge({ targets, files: withoutIgnore(files), failing, readiness: { coverage } })).toMatchObject({
      score,
    });
  });
});

/** Committed, so that it is in the worktree as a run of the target would leave it there. */
const withoutIgnore = (files: Record<string, unknown>) => ({ ...files, '.gitignore': 'node_modules\n' });

function mended({ files, readiness: own }: Project): Project {
  return {
    failing: '',
    targets: { lint: {}, test: {} },
    files: { ...whole, ...files },
    ...(own && { readiness: { minScore: 97, checks: [{ name: 'backup', group: 'operations', command: ['true'] }] } }),
  };
}
