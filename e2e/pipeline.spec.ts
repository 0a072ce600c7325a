import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { execFileSync, spawn } from 'node:child_process';
import { z } from 'zod';
import { nx, start, type Ended } from './support/nx';
import { until } from './support/until';
import { cloneWorkspace, type Workspace } from './support/workspace';

jest.setTimeout(400_000);

let workspace: Workspace;
const complete = '.taskmaster/.signals/phase6-complete.json';
const error = '.taskmaster/.signals/phase6-error.json';
const tasks = '.taskmaster/tasks/tasks.json';

beforeAll(async () => {
  workspace = await cloneWorkspace({
    readiness: { targets: [], allowNoTests: true, minScore: 0 },
    load: { warmup: '0s', duration: '1s' },
    staging: { soak: '1s' },
    production: { stepDuration: '1s' },
    pipeline: { requirePhase5: true },
  });
  plant(tasks, { master: { tasks: [{ id: '26', title: 'Deploy to production', status: 'pending' }] } });
  const ignored = workspace.read('.gitignore').replaceAll(/^.*\.taskmaster.*$/gm, '');
  workspace.write('.gitignore', ignored);
  workspace.commit('The pipeline requires phase 5');
});
afterAll(() => workspace.dispose());

function plant(path: string, content: object): void {
  mkdirSync(dirname(workspace.path(path)), { recursive: true });
  writeFileSync(workspace.path(path), `${JSON.stringify(content, null, 2)}\n`);
}

const bin = () => workspace.path('packages/nx/bin/sluice.js');
const sluice = (...args: string[]): Promise<Ended> => start(workspace.root, process.execPath, [bin(), ...args]).ended;

/** What the hook of an agent answers to a prompt. */
const hook = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin(), 'hook'], { cwd: workspace.root, stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.on('error', reject).on('close', () => resolve(text));
    child.stdin.end(JSON.stringify({ hook_event_name: 'UserPromptSubmit', prompt: 'go on' }));
  });

const git = (...args: string[]): string => execFileSync('git', args, { cwd: workspace.root, encoding: 'utf8' }).trim();

const statusOfTask = () => {
  const list = z.object({ master: z.object({ tasks: z.array(z.object({ status: z.string() })) }) });
  return list.parse(JSON.parse(workspace.read(tasks))).master.tasks[0]?.status;
};

it('goes from the signal of phase 5 to that of phase 6 without a person', async () => {
  expect(await hook()).toBe('');
  const early = await sluice('activate', 'app');
  expect(early).toMatchObject({ code: 1, text: expect.stringContaining('phase 5 has left no signal') as unknown });

  plant('.taskmaster/.signals/phase5-complete.json', { phase: 5, status: 'success', production_score: 60 });
  expect((await sluice('activate', 'app')).text).toContain('the score is 60, below the minimum of 90');
  const blocked = await nx(workspace.root, 'app:deploy-prod');
  expect(blocked.text).toContain(
    'phase5: .taskmaster/.signals/phase5-complete.json in the main checkout: the score is 60',
  );
  expect(JSON.parse(workspace.read(error))).toMatchObject({ status: 'error', stage: 'readiness' });

  const deploying = start(workspace.root, process.execPath, [bin(), 'activate', 'app', '--watch', '--run']);
  await until('it to wait', () => deploying.text().includes('waiting: '));
  plant('.taskmaster/.signals/phase5-complete.json', {
    ...{ phase: 5, status: 'success', decision: 'GO', trigger_next: true },
    summary: { production_readiness_score: 96 },
  });
  await until('the code word', () => deploying.text().includes('[ACTIVATE:DEPLOYMENT_ORCHESTRATOR_V1]'));
  const { code, text } = await deploying.ended;
  expect(text).toContain('task 26 is done');
  expect(code).toBe(0);
  expect(text).toContain('merged into');

  expect(existsSync(workspace.path(error))).toBe(false);
  for (const checkout of ['', 'worktrees/phase-6-task-1/'])
    expect(JSON.parse(workspace.read(checkout + complete))).toMatchObject({
      status: 'success',
      pipeline_complete: true,
    });
  const own = 'worktrees/phase-6-task-1/.taskmaster/deployments/app';
  expect(workspace.read(`${own}/DEPLOYMENT_REPORT.md`)).toContain('# Deployment of app');
  expect(existsSync(workspace.path(`${own}/deployment-production.log`))).toBe(true);
  expect(statusOfTask()).toBe('done');

  expect(git('log', '-1', '--format=%s', 'HEAD')).toMatch(/^Merge the deployment of app [0-9a-f]+ to production into /);
  expect(git('show', 'HEAD:.taskmaster/DEPLOYMENT_REPORT.md')).toContain('# Deployment of app');
  expect(JSON.parse(git('show', `HEAD:${complete}`))).toMatchObject({ status: 'success' });
  expect(git('status', '--porcelain', '--', ':!.taskmaster/tasks', ':!.taskmaster/.signals/phase5*')).toBe('');

  expect(await hook()).toBe('');
  expect((await sluice('activate', 'app')).code).toBe(1);
});

it('lets the hook of an agent speak once there is another GO and its task is open again', async () => {
  plant('.claude/.signals/go-decision.json', { decision: 'GO', production_score: 97 });
  expect((await sluice('activate', 'app')).text).toContain("the deployment's task 26 is done");
  workspace.write(tasks, workspace.read(tasks).replace('"done"', '"todo"'));
  const generated = await start(workspace.root, process.execPath, [
    ...[workspace.path('node_modules/.bin/nx'), 'g', '@sluice/nx:agent'],
  ]).ended;
  expect(generated.text).toContain('CREATE .claude/settings.json');
  expect(await hook()).toContain('[ACTIVATE:DEPLOYMENT_ORCHESTRATOR_V1]');
  expect((await sluice('activate', 'app')).code).toBe(0);
});
