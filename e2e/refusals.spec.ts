import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { z } from 'zod';
import { nx, type Ended } from './support/nx';
import { processesOf } from './support/processes';
import { cloneWorkspace, type Workspace } from './support/workspace';

jest.setTimeout(300_000);

/** Real nx, real git, one workspace; the order of the tests is the order in which its evidence grows. */
let workspace: Workspace;

const settings = 'examples/app/sluice.json';
const receipt = (stage: string) => workspace.path('.sluice/receipts/app', `${stage}.json`);
const worktree = () => workspace.path('worktrees/phase-6-task-1');
const alone = (target: string) => nx(workspace.root, target, '--excludeTaskDependencies');

beforeAll(async () => {
  workspace = await cloneWorkspace({
    readiness: { targets: [], allowNoTests: true, minScore: 0 },
    load: { warmup: '0s', duration: '1s' },
    performance: { rate: 1, p95: '2s' },
  });
});

afterAll(() => workspace.dispose());

/** Ends non-zero with its code and what it is about, then what to do. */
function expectRefusal({ code, text }: Ended, problem: string, about: string | RegExp): void {
  expect(text).toContain(`${problem}: `);
  expect(text).toMatch(about);
  expect(text).toMatch(/\n {2}-> \S/);
  expect(text).not.toContain('INTERNAL');
  expect(text).not.toMatch(/\n +at .*\(/); // no stack
  expect(code).not.toBe(0);
}

function change(file: string, edit: (text: string) => string): void {
  const before = workspace.read(file);
  const after = edit(before);
  expect(after).not.toBe(before);
  rmSync(workspace.path(file)); // receipts may be one file with Nx's cache of them
  workspace.write(file, after);
}

describe('before anything was deployed', () => {
  it('refuses a stage without its worktree', async () => {
    expectRefusal(await alone('app:deploy-staging'), 'WORKTREE_MISSING', 'nx run app:deploy-worktree');
  });

  it('refuses a tree with changes, names the files, and makes no worktree', async () => {
    workspace.write('examples/app/draft.txt', 'not committed');
    expectRefusal(await nx(workspace.root, 'app:deploy-security'), 'TREE_DIRTY', 'examples/app/draft.txt');
    rmSync(workspace.path('examples/app/draft.txt'));
    expect(existsSync(worktree())).toBe(false);
    expect(existsSync(workspace.path('.sluice/receipts/app/worktree.json'))).toBe(false);
  });

  it('refuses a place for the worktree that something else occupies, and leaves that alone', async () => {
    mkdirSync(worktree(), { recursive: true });
    workspace.write('worktrees/phase-6-task-1/mine.txt', 'mine');
    expectRefusal(await nx(workspace.root, 'app:deploy-worktree'), 'WORKTREE_OCCUPIED', 'worktrees/phase-6-task-1');
    expect(workspace.read('worktrees/phase-6-task-1/mine.txt')).toBe('mine');
    rmSync(worktree(), { recursive: true });
  });

  it('refuses a key that it does not know, with its path and the nearest that it does', async () => {
    const text = workspace.read(settings);
    workspace.write(settings, text.replace('"canary"', '"canry"'));
    expectRefusal(await nx(workspace.root, 'app:deploy-worktree'), 'CONFIG_INVALID', /canry.*canary/s);
    workspace.write(settings, text);
    expect(existsSync(worktree())).toBe(false);
  });

  it('refuses a folder that is no repository, and a repository without a commit', async () => {
    const git = workspace.path('.git');
    const kept = workspace.path('git-kept');
    renameSync(git, kept);
    expectRefusal(await nx(workspace.root, 'app:deploy-worktree'), 'NOT_A_REPOSITORY', 'git init');
    workspace.git('init', '--quiet');
    expectRefusal(await nx(workspace.root, 'app:deploy-worktree'), 'NO_COMMIT', 'Commit the workspace');
    rmSync(git, { recursive: true });
    renameSync(kept, git);
    expect(existsSync(worktree())).toBe(false);
  });

  it('refuses a stage whose evidence is missing, and names the first that is', async () => {
    expect(await nx(workspace.root, 'app:deploy-worktree')).toMatchObject({ code: 0 });
    expectRefusal(await alone('app:deploy-staging'), 'RECEIPT_MISSING', /"build".*nx run app:deploy-build/s);
  });
});

describe('with evidence', () => {
  it('refuses a misspelt dependency, which Nx drops without a word', async () => {
    const before = workspace.git('rev-parse', 'HEAD').trim();
    change('examples/app/project.json', (text) =>
      text.replace('"targets": {', '"targets": { "deploy-security": { "dependsOn": ["deploy-biuld"] },'),
    );
    workspace.commit('A slip of the pen');
    expect(await nx(workspace.root, 'app:deploy-worktree')).toMatchObject({ code: 0 });
    expectRefusal(await nx(workspace.root, 'app:deploy-security'), 'RECEIPT_MISSING', 'nx run app:deploy-build');
    workspace.git('reset', '--quiet', '--hard', before);
  });

  it('refuses a port that is taken, and serves nothing', async () => {
    const server = await occupy(workspace.ports.production);
    const { code, text } = await nx(workspace.root, 'app:deploy-infra');
    server.close();
    expect(text).toContain(`Port ${workspace.ports.production} of production is in use by another process.`);
    expect(text).toContain('PORT_IN_USE');
    expect(text).toContain('choose another port in sluice.json');
    expect(code).not.toBe(0);
    expect(existsSync(receipt('load'))).toBe(true);
    expect(await nx(workspace.root, 'app:deploy-down')).toMatchObject({ code: 0 });
  });

  it('refuses a receipt that was edited', async () => {
    const original = readFileSync(receipt('load'), 'utf8');
    change('.sluice/receipts/app/load.json', (text) => text.replace(/"errorRate": ?[\d.]+/, '"errorRate": 0.001'));
    expectRefusal(await alone('app:deploy-infra'), 'RECEIPT_INVALID', /"load".*nx run app:deploy-load/s);
    rmSync(receipt('load'));
    workspace.write('.sluice/receipts/app/load.json', original);
  });

  it('refuses receipts of another content', async () => {
    change('examples/app/src/main.ts', (text) => `${text}\nexport {};\n`);
    workspace.commit('Another content');
    expectRefusal(await alone('app:deploy-infra'), 'WORKTREE_MOVED', 'nx run app:deploy-prod');
    expect(await nx(workspace.root, 'app:deploy-worktree')).toMatchObject({ code: 0 });
    expectRefusal(await alone('app:deploy-infra'), 'RECEIPT_FOREIGN', /"build".*nx run app:deploy-build/s);
  });

  it('refuses a command that does not exist, and leaves nothing running', async () => {
    const { runtime, ...rest } = z
      .looseObject({ runtime: z.looseObject({ command: z.array(z.string()) }) })
      .parse(JSON.parse(workspace.read(settings)));
    const misspelt = { ...rest, runtime: { ...runtime, command: ['nodee', 'main.js'] } };
    workspace.write(settings, `${JSON.stringify(misspelt, null, 2)}\n`);
    workspace.commit('A command that does not exist');
    const { code, text } = await nx(workspace.root, 'app:deploy-load');
    expect(text).toMatch(/"?nodee"?.*does not exist/);
    expect(text).toMatch(/\n {2}-> \S/);
    expect(code).not.toBe(0);
    expect(processesOf(workspace.root)).toEqual([]);
  });
});

const occupy = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
