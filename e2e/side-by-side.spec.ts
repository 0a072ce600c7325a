import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { nx, start, startNx, type Running } from './support/nx';
import { kill } from './support/processes';
import { addTinyService, buildsLog, type TinyService } from './support/tiny-services';
import { until } from './support/until';
import { cloneWorkspace, type Workspace } from './support/workspace';

jest.setTimeout(400_000);

/** Real nx, real git, one workspace with ten services; what one test deploys is live in the next. */
let workspace: Workspace;
let services: TinyService[];
const signals = '.taskmaster/.signals';

beforeAll(async () => {
  workspace = await cloneWorkspace();
  workspace.write('.gitignore', workspace.read('.gitignore').replaceAll(/^.*\.taskmaster.*$/gm, ''));
  services = [];
  for (let n = 0; n < 10; n += 1) services.push(await addTinyService(workspace, `tiny-${n}`));
  workspace.commit('Ten services');
});
afterAll(() => workspace.dispose());

const serviceOf = (n: number): TinyService => {
  const found = services[n];
  if (!found) throw new Error(`there is no service ${n}`);
  return found;
};
const worktree = (file = '') => `worktrees/phase-6-task-1/${file}`;
const git = (...args: string[]): string => workspace.git(...args).trim();
const answerOf = async ({ url }: TinyService) => (await fetch(url)).text();
const json = (file: string): unknown => JSON.parse(workspace.read(file));

/** As a machine that goes down ends it: nx and all that it has started, at once. */
async function killRun({ process: { pid }, ended }: Running): Promise<void> {
  if (pid !== undefined) kill(-pid, 'SIGKILL');
  expect((await ended).code).toBeNull();
}

/** Whether the rollout of a commit to staging is under way. */
function isInStaging(project: string, commit: string): boolean {
  const file = `.sluice/state/staging/${project}.json`;
  if (!existsSync(workspace.path(file))) return false;
  const state = z.looseObject({
    rollout: z.looseObject({
      plan: z.looseObject({ release: z.looseObject({ commit: z.string() }) }),
      outcome: z.unknown(),
    }),
  });
  const { plan, outcome } = state.parse(json(file)).rollout;
  return plan.release.commit === commit && outcome === null;
}

it('ten executors adopt one worktree at once, which a run that was killed has left half made', async () => {
  const killed = startNx(workspace.root, 'tiny-0:deploy-worktree');
  await until('the worktree to be made', () => existsSync(workspace.path(worktree('.git'))), { every: 2 });
  await killRun(killed);

  const args = ['run-many', '-t', 'deploy-worktree', '-p', 'tiny-*', '--parallel=10', '--outputStyle=stream'];
  const { code, text } = await start(workspace.root, process.execPath, [
    ...[workspace.path('node_modules/.bin/nx'), ...args],
  ]).ended;
  expect(text).toContain('for 10 projects');
  expect(text.match(/adopted .*phase-6-task-1 on feature/g)?.length).toBeGreaterThanOrEqual(9);
  expect(code).toBe(0);
  expect(git('worktree', 'list').split('\n')).toHaveLength(2);
  expect(git('-C', worktree(), 'rev-parse', 'HEAD')).toBe(git('rev-parse', 'HEAD'));
  expect(git('-C', worktree(), 'status', '--porcelain')).toBe('');
});

it('two deployments at once do not disturb one another, and the merged tree is built as the base has moved', async () => {
  const [one, two] = [serviceOf(1), serviceOf(2)];
  const runs = [one, two].map(({ project }) => startNx(workspace.root, `${project}:deploy-prod`));
  const isReady = ({ project }: TinyService) =>
    existsSync(workspace.path(`.sluice/receipts/${project}/readiness.json`));
  await until('both to be ready', () => isReady(one) && isReady(two), { limit: 120_000 });
  one.say('later');
  workspace.git('add', 'services');
  workspace.git('commit', '--quiet', '--message', 'Somebody works on');
  for (const { ended } of runs) expect(await ended).toMatchObject({ code: 0 });

  expect(await Promise.all([one, two].map(answerOf))).toEqual(['tiny-1', 'tiny-2']);
  for (const checkout of ['', worktree()]) {
    expect(json(`${checkout}${signals}/phase6-complete.json`)).toMatchObject({
      projects: { 'tiny-1': { status: 'success' }, 'tiny-2': { status: 'success' } },
    });
    for (const { project } of [one, two]) {
      const folder = `${checkout}.taskmaster/deployments/${project}`;
      expect(json(`${folder}/phase6-complete.json`)).toMatchObject({ status: 'success' });
    }
  }
  for (const { project } of [one, two])
    expect(workspace.read(worktree(`.taskmaster/deployments/${project}/DEPLOYMENT_REPORT.md`))).toContain(
      `# Deployment of ${project}`,
    );

  expect(git('log', '--format=%s', '--first-parent', 'main').split('\n').slice(0, 2).sort()).toEqual([
    expect.stringMatching(/^Merge the deployment of tiny-1 /),
    expect.stringMatching(/^Merge the deployment of tiny-2 /),
  ]);
  expect(git('show', 'main:services/tiny-1/main.cjs')).toContain('later');
  expect(git('show', 'main:.taskmaster/deployments/tiny-2/DEPLOYMENT_REPORT.md')).toContain('# Deployment of tiny-2');
  expect(readFileSync(buildsLog(workspace), 'utf8')).toContain('/worktrees/merge-tiny-1/services/tiny-1\n');
  expect(git('worktree', 'list').split('\n')).toHaveLength(2);
});

it('a run that is killed as it stages is gone on with by the next', async () => {
  const service = serviceOf(2);
  service.say('second');
  workspace.commit('The second of tiny-2');
  const killed = startNx(workspace.root, 'tiny-2:deploy-prod');
  const commit = git('rev-parse', 'HEAD');
  await until('it to stage', () => isInStaging('tiny-2', commit), { limit: 120_000, every: 20 });
  await killRun(killed);
  expect(await answerOf(service)).toBe('tiny-2');
  const next = await nx(workspace.root, 'tiny-2:deploy-prod');
  expect(next).toMatchObject({ code: 0 });
  expect(await answerOf(service)).toBe('second');
  expect(json(`${signals}/phase6-complete.json`)).toMatchObject({ status: 'success' });
});

it('a bad release goes back, and the pipeline around is told so in both checkouts', async () => {
  const service = serviceOf(1);
  service.say('bad', true);
  workspace.commit('The bad one of tiny-1');
  const before = git('rev-parse', 'HEAD');
  const { code, text } = await nx(workspace.root, 'tiny-1:deploy-prod');
  expect(text).toMatch(/error rate|server errors/i);
  expect(code).not.toBe(0);
  expect(await answerOf(service)).toBe('tiny-1');
  for (const checkout of ['', worktree()]) {
    for (const folder of [signals, '.taskmaster/deployments/tiny-1']) {
      expect(json(`${checkout}${folder}/rollback.json`)).toMatchObject({ previous_version_restored: true });
      expect(json(`${checkout}${folder}/phase6-error.json`)).toMatchObject({
        ...{ phase: 6, status: 'error' },
        error: { type: 'ROLLED_BACK', recovery_attempted: true, recovery_successful: true, requires_human: false },
      });
      expect(existsSync(workspace.path(`${checkout}${folder}/phase6-complete.json`))).toBe(false);
    }
  }
  expect(git('rev-parse', 'main')).toBe(before);
  expect(await answerOf(serviceOf(2))).toBe('second');
});
