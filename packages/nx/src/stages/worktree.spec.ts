import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseConfig, type Config, type Rollout } from '@sluice/core';
import { aPlan, aRelease, aStateIn, phases } from '@sluice/core/testing';
import { createRunRecords, createStateStore, runFile, worktreePath } from '@sluice/adapters/files';
import { readProcess } from '@sluice/adapters/processes';
import type { WorktreeOptions } from '../options';
import { findGround } from '../stage/ground';
import { git, scratchRepository } from '../testing/repository';
import { aContext } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { worktree } from './worktree';

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
};

let root: string;
let said: string[];
const running: ChildProcess[] = [];
beforeEach(() => {
  root = scratchRepository({ 'app/sluice.json': settings, 'app/main.js': '' });
  said = [];
});
afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(removeWorkspaces);
jest.setTimeout(60_000);

const headOf = (folder: string) => git(folder, 'rev-parse', 'HEAD').trim();
const place = (task: number) => worktreePath(root, { phase: 6, task });
function commit(): string {
  git(root, 'commit', '--quiet', '--allow-empty', '--message', 'More');
  return headOf(root);
}

/** Runs the stage of a project from a checkout; gives the path of its worktree. */
async function deploy(
  options: WorktreeOptions = {},
  { from = root, project = 'app', more = {} } = {},
): Promise<string> {
  const text = JSON.stringify({ ...settings, ...more });
  const config: Config = parseConfig(text, 'app/sluice.json');
  const context = { ...aContext(from, 'deploy-worktree'), projectName: project };
  context.projectsConfigurations.projects[project] = { root: 'app' };
  const ground = await findGround(context);
  const run = { ...ground, config, text, file: 'app/sluice.json', commit: ground.head, evidence: null };
  const signal = new AbortController().signal;
  const { path } = await worktree({ ...run, signal, say: (line) => void said.push(line) }, options);
  return path;
}

/** A run of a project that lives on: that of another nx. */
async function anotherRun(project: string, wanted: string, at: string, checkout = root): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  running.push(child);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const processes = [{ pid, identity: readProcess(pid)?.identity ?? '' }];
  const record = { project, checkout, worktree: join(root, 'worktrees', wanted), wanted, commit: at, processes };
  await createRunRecords(root).write(record);
  return pid;
}

/** A rollout of a project at a commit, begun in a worktree, and not over. */
async function aRollout(project: string, at: string, path: string, phase: Rollout['phase'] = phases.watching) {
  const release = { ...aRelease('next'), commit: at };
  const plan = { ...aPlan(), project, release, place: { checkout: root, worktree: path, projectRoot: 'app' } };
  const state = { ...aStateIn(phase, {}, plan), project };
  mkdirSync(join(root, '.sluice'), { recursive: true });
  await createStateStore(root).save(state);
}

describe('the worktree stage', () => {
  it('makes the worktree that sluice.json names, and that every other stage then finds', async () => {
    const path = await deploy({}, { more: { worktree: { phase: 7, task: 3 } } });
    expect(path).toBe(join(root, 'worktrees/phase-7-task-3'));
    expect(git(path, 'rev-parse', '--abbrev-ref', 'HEAD').trim()).toBe('feature/phase-7-task-3');
    expect((await findGround(aContext(root, 'deploy-build'))).worktree).toBe(path);
  });

  it('takes phase, task and commit from its options, and says where that commit is deployed from', async () => {
    const first = headOf(root);
    commit();
    writeFileSync(join(root, 'app/main.js'), 'not committed, and not what is deployed');
    const path = await deploy({ phase: 8, task: 2, commit: 'HEAD~1' });
    expect([path, headOf(path)]).toEqual([join(root, 'worktrees/phase-8-task-2'), first]);
    expect((await findGround(aContext(root, 'deploy-build'))).worktree).toBe(path);
  });

  it('refuses changes that are not committed where it deploys HEAD', async () => {
    writeFileSync(join(root, 'app/main.js'), 'changed');
    await expect(deploy()).rejects.toMatchObject({ code: 'TREE_DIRTY' });
    await expect(deploy({ commit: 'HEAD' })).rejects.toMatchObject({ code: 'TREE_DIRTY' });
  });

  it('uses the worktree that it is run in, and refuses there to make another', async () => {
    const path = await deploy();
    expect(await deploy({}, { from: path, more: { worktree: { task: 5 } } })).toBe(path);
    expect(await deploy({ task: 1 }, { from: path })).toBe(path);
    await expect(deploy({ task: 2 }, { from: path })).rejects.toMatchObject({ code: 'WORKTREE_WRONG' });
  });

  it('moves the worktree of a deployment that is over', async () => {
    const path = await deploy();
    await aRollout('app', headOf(root), path, phases.over);
    const next = commit();
    expect([await deploy(), headOf(path)]).toEqual([path, next]);
  });
});

describe('a worktree in which something is unfinished', () => {
  it('is left to a rollout of another commit: the next number is taken, it says so, and every stage follows', async () => {
    const first = headOf(root);
    await aRollout('app', first, await deploy());
    const next = commit();
    const path = await deploy();
    expect(path).toBe(place(2));
    expect([headOf(place(1)), headOf(place(2))]).toEqual([first, next]);
    expect(said.join('\n')).toMatch(/phase-6-task-1 is not free: the rollout of .* to production needs it at/);
    expect((await findGround(aContext(root, 'deploy-canary'))).worktree).toBe(path);
  });

  it('is shared by the same commit, of the same project and another', async () => {
    await aRollout('app', headOf(root), await deploy());
    expect([await deploy(), await deploy({}, { project: 'web' })]).toEqual([place(1), place(1)]);
  });

  it('is left to a run of another project at another commit, while that lives', async () => {
    await anotherRun('web', 'phase-6-task-1', await deploy().then(() => headOf(root)));
    commit();
    expect(await deploy()).toBe(place(2));
    running.forEach((child) => child.kill('SIGKILL'));
    await Promise.all(running.map((child) => once(child, 'exit')));
    expect(await deploy()).toBe(place(1));
  });

  it('is not left to a process that only has the number of one that has ended', async () => {
    const pid = await anotherRun('web', 'phase-6-task-1', await deploy().then(() => headOf(root)));
    const [record] = (await createRunRecords(root).all()).filter(({ project }) => project === 'web');
    if (record) await createRunRecords(root).write({ ...record, processes: [{ pid, identity: 'long ago' }] });
    commit();
    expect(await deploy()).toBe(place(1));
  });

  it('is gone on with by a second run of its commit, though a lower number is free by then', async () => {
    await aRollout('web', headOf(root), await deploy({}, { project: 'web' }));
    const next = commit();
    expect(await deploy()).toBe(place(2));
    await aRollout('app', next, place(2));
    await aRollout('web', headOf(place(1)), place(1), phases.over);
    expect(await deploy()).toBe(place(2));
  });

  it('is passed over, and so is a place with work of somebody else', async () => {
    await aRollout('app', headOf(root), await deploy());
    commit();
    mkdirSync(place(2));
    writeFileSync(join(place(2), 'mine.txt'), 'mine');
    expect(await deploy()).toBe(place(3));
    expect(readFileSync(join(place(2), 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('whose folder was deleted is still left to it', async () => {
    const path = await deploy();
    await aRollout('app', headOf(root), path);
    git(root, 'worktree', 'remove', '--force', path);
    commit();
    expect(await deploy()).toBe(place(2));
    expect(existsSync(path)).toBe(false);
  });
});

describe('the same project twice', () => {
  it('from one checkout is refused at another commit while the first run lives', async () => {
    const pid = await anotherRun('app', 'phase-6-task-1', await deploy().then(() => headOf(root)));
    commit();
    await expect(deploy()).rejects.toMatchObject({
      code: 'RUN_IN_PROGRESS',
      message: expect.stringContaining(`process ${pid}`) as string,
    });
    expect((await createRunRecords(root).read('app', root))?.commit).toBe(headOf(place(1)));
  });

  it('from one checkout shares the worktree at the same commit, and each keeps it', async () => {
    const pid = await anotherRun('app', 'phase-6-task-1', await deploy().then(() => headOf(root)));
    expect(await deploy()).toBe(place(1));
    const record = await createRunRecords(root).read('app', root);
    expect(record?.processes.map((process) => process.pid)).toEqual(expect.arrayContaining([pid, process.pid]));
    await expect(deploy({ task: 2 })).rejects.toMatchObject({ code: 'RUN_IN_PROGRESS' });
  });

  it('from another checkout has receipts of its own, and takes the next number', async () => {
    await anotherRun('app', 'phase-6-task-1', await deploy().then(() => headOf(root)));
    const other = join(dirname(root), `${root.slice(dirname(root).length + 1)}-other`);
    git(root, 'worktree', 'add', '--quiet', other, '-b', 'other');
    git(other, 'commit', '--quiet', '--allow-empty', '--message', 'Other');
    expect(await deploy({}, { from: other })).toBe(place(2));
    git(root, 'worktree', 'remove', '--force', other);
  });
});

describe('thirty at once', () => {
  const projects = Array.from({ length: 30 }, (_, n) => `app-${n}`);

  it('of one commit share one worktree', async () => {
    const paths = await Promise.all(projects.map((project) => deploy({}, { project })));
    expect(new Set(paths)).toEqual(new Set([place(1)]));
    expect(await createRunRecords(root).all()).toHaveLength(30);
  });

  it('of two commits have two, and none is moved from under another', async () => {
    const other = join(root, 'worktrees', 'other');
    git(root, 'worktree', 'add', '--quiet', other, '-b', 'other');
    git(other, 'commit', '--quiet', '--allow-empty', '--message', 'Other');
    const from = (n: number) => (n % 2 ? root : other);
    const paths = await Promise.all(projects.map((project, n) => deploy({}, { project, from: from(n) })));
    expect(new Set(paths)).toEqual(new Set([place(1), place(2)]));
    expect(paths.map(headOf)).toEqual(paths.map((_, n) => headOf(from(n))));
  });
});

it('refuses to guess from a record that cannot be read', async () => {
  await deploy();
  const [record] = await createRunRecords(root).all();
  writeFileSync(runFile(root, 'app', record?.checkout ?? ''), '{"project":');
  await expect(deploy()).rejects.toMatchObject({ code: 'RUN_RECORD_INVALID' });
});
