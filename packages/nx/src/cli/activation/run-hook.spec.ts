import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { activationCode } from '@sluice/core';
import { createHandled, worktreePath } from '@sluice/adapters/files';
import { nameProcess } from '@sluice/adapters/processes';
import { git, scratchRepository } from '../../testing/repository';
import { removeWorkspaces, scratchWorkspace } from '../../testing/workspace';
import { findSite } from '../find-site';
import { readActivation } from './read-activation';
import { runHook } from './run-hook';

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
};
const go = { phase: 5, status: 'success', summary: { production_score: 96 }, decision: 'GO' };

let root: string;
beforeEach(() => {
  root = scratchRepository({ 'app/project.json': { name: 'app' }, 'app/sluice.json': settings });
});
afterAll(removeWorkspaces);

function plant(path: string, content: unknown, checkout = root): void {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** What a hook printed, and what it told beside it. */
async function hook(input: unknown, cwd = root): Promise<{ out: string; err: string }> {
  let [out, err] = ['', ''];
  await runHook({
    cwd,
    read: async () => (typeof input === 'string' ? input : JSON.stringify(input)),
    say: (text) => (out += text),
    warn: (text) => (err += text),
  });
  return { out, err };
}

const prompt = { hook_event_name: 'UserPromptSubmit', prompt: 'go on', session_id: 's1' };
const tool = { hook_event_name: 'PostToolUse', tool_name: 'Bash', session_id: 's1' };
const silent = { out: '', err: '' };

describe('the hook, when phase 5 is complete with GO,', () => {
  beforeEach(() => plant('.taskmaster/.signals/phase5-complete.json', go));

  it.each(['UserPromptSubmit', 'PostToolUse'])('adds the code word to what an agent with %s reads', async (name) => {
    const { out } = await hook({ ...prompt, hook_event_name: name });
    const { hookSpecificOutput } = JSON.parse(out) as { hookSpecificOutput: Record<string, string> };
    expect(hookSpecificOutput['hookEventName']).toBe(name);
    expect(hookSpecificOutput['additionalContext']).toContain(activationCode);
    expect(hookSpecificOutput['additionalContext']).toContain('nx run app:deploy-prod');
  });

  it('gives injectedText to an agent that sends a message', async () => {
    const { out } = await hook({ message: 'what now?' });
    expect(JSON.parse(out)).toEqual({ injectedText: expect.stringContaining(activationCode) as unknown });
  });

  it.each([
    ['a prompt alone', { prompt: 'what now?' }],
    ['nothing', ''],
    ['plain words', 'what now?'],
    ['a list', []],
  ])('gives plain text to who sends %s', async (_, input) => {
    const { out } = await hook(input);
    expect(out.split('\n')[0]).toBe(activationCode);
  });

  it('says it at every prompt, and after tools only once', async () => {
    expect((await hook(tool)).out).toContain(activationCode);
    expect(await hook(tool)).toEqual(silent);
    expect((await hook(prompt)).out).toContain(activationCode);
    expect((await hook({ ...tool, session_id: 's2' })).out).toContain(activationCode);
  });

  it('works from a folder below, and from a linked worktree', async () => {
    expect((await hook({ ...prompt, cwd: join(root, 'app') }, '/')).out).toContain(activationCode);
    const elsewhere = join(scratchWorkspace({}), 'linked');
    git(root, 'worktree', 'add', '--quiet', elsewhere);
    expect((await hook(prompt, elsewhere)).out).toContain(activationCode);
  });

  it('is silent when something was deployed for the signal', async () => {
    const { signal } = await readActivation(await findSite(root, 'app'));
    const note = { signal: signal ?? '', startedAt: 0, commit: 'c', process: null, failure: null };
    await createHandled(root).write('app', { ...note, release: '1a2b' });
    expect(await hook(prompt)).toEqual(silent);
    await createHandled(root).write('app', { ...note, signal: 'an earlier one', release: '1a2b' });
    expect((await hook(prompt)).out).toContain(activationCode);
  });

  it('speaks where the run that answered the signal is gone, and its pid is that of another process', async () => {
    const { signal } = await readActivation(await findSite(root, 'app'));
    const note = { signal: signal ?? '', startedAt: 0, commit: 'c', release: null, failure: null };
    const run = { pid: process.pid, identity: 'the start of an earlier process' };
    await createHandled(root).write('app', { ...note, process: run });
    expect((await hook(prompt)).out).toContain(activationCode);
  });

  it('is silent after this commit has failed, and speaks again with the next one', async () => {
    const { signal } = await readActivation(await findSite(root, 'app'));
    const failure = { stage: 'security', reason: 'a secret' };
    const commit = git(root, 'rev-parse', 'HEAD').trim();
    await createHandled(root).write('app', {
      ...{ signal: signal ?? '', startedAt: 0, commit, process: null, release: null, failure },
    });
    expect(await hook(prompt)).toEqual(silent);
    git(root, 'commit', '--quiet', '--allow-empty', '--message', 'Mended');
    expect((await hook(prompt)).out).toContain(activationCode);
  });

  it('is silent of a project whose settings are broken, and speaks of the others', async () => {
    plant('web/project.json', { name: 'web' });
    plant('web/sluice.json', settings);
    plant('app/sluice.json', '{');
    const { out, err } = await hook(prompt);
    expect(out).toContain('web: ');
    expect(out).not.toContain('app: ');
    expect(err).toBe('');
  });
});

describe('what the hook remembers', () => {
  const signalFile = '.taskmaster/.signals/phase5-complete.json';
  beforeEach(async () => {
    plant('app/app.env', 'A=1');
    plant('app/sluice.json', { ...settings, runtime: { ...settings.runtime, envFile: 'app.env' } });
    plant(signalFile, go);
    expect((await hook(prompt)).out).toContain(activationCode);
  });

  it('is used again', async () => {
    const file = join(root, '.sluice/hook.json');
    const memory = JSON.parse(readFileSync(file, 'utf8')) as { active: { line: string }[] };
    for (const one of memory.active) one.line = 'as it was';
    writeFileSync(file, JSON.stringify(memory));
    expect((await hook(prompt)).out).toContain('as it was');
  });

  it.each<[string, () => void]>([
    ['the signal', () => plant(signalFile, { ...go, decision: 'NO-GO' })],
    ['another signal', () => plant('.claude/.signals/no-go-decision.json', {})],
    ['the task', () => plant('.taskmaster/tasks/tasks.json', { tasks: [{ id: 26, title: 'x', status: 'blocked' }] })],
    ['the settings', () => plant('app/sluice.json', '{')],
    ['the file with variables', () => unlinkSync(join(root, 'app/app.env'))],
    ['the project', () => unlinkSync(join(root, 'app/project.json'))],
    ['the state', () => plant('.sluice/state/production/app.json', 'nobody can read it')],
    ['the memory', () => plant('.sluice/hook.json', { told: 1 })],
  ])('is not, once something has changed: %s', async (name, change) => {
    change();
    expect((await hook(prompt)).out === '').toBe(name !== 'the memory');
  });

  it('is not while a run goes on, whose end changes no file', async () => {
    const { signal } = await readActivation(await findSite(root, 'app'));
    const note = { signal: signal ?? '', startedAt: 0, commit: 'c', release: null, failure: null };
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await createHandled(root).write('app', { ...note, process: nameProcess(child.pid ?? 0) });
    expect(await hook(prompt)).toEqual(silent);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await hook(prompt)).out).toContain(activationCode);
  });
});

it('loads nothing of zod unless something has changed, for that takes longer than all the rest', async () => {
  const { metafile } = await build({
    ...{
      entryPoints: [join(__dirname, 'hook.ts')],
      external: ['./find-active', '@nx/devkit'],
      bundle: true,
      platform: 'node',
    },
    ...{ metafile: true, write: false, logLevel: 'silent' },
  });
  expect(Object.keys(metafile.inputs)).toContain('packages/core/src/handover/hook.ts');
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  expect(inputs.filter(([name, { bytesInOutput }]) => bytesInOutput > 0 && name.includes('node_modules'))).toEqual([]);
});

describe('the hook, when there is nothing to say,', () => {
  it('is silent', async () => {
    expect(await hook(prompt)).toEqual(silent);
  });

  it.each([
    ['a NO-GO', { ...go, decision: 'NO-GO' }],
    ['a score that is too low', { ...go, summary: { production_score: 89 } }],
    ['a file that is being written', '{"status": "succ'],
  ])('is silent for %s', async (_, signal) => {
    plant('.claude/.signals/PHASE5_COMPLETE.json', signal);
    expect(await hook(prompt)).toEqual(silent);
  });

  it('is silent outside of a repository and in a folder that is gone', async () => {
    expect(await hook(prompt, scratchWorkspace({}))).toEqual(silent);
    expect(await hook({ ...prompt, cwd: join(root, 'gone') }, '/')).toEqual(silent);
  });
});

it('tells what goes wrong beside its output, and never more than that', async () => {
  plant('.taskmaster/.signals/phase5-complete.json', go);
  writeFileSync(join(root, '.git/HEAD'), 'broken');
  const { out, err } = await hook(prompt);
  expect(out).toBe('');
  expect(err).toMatch(/^sluice hook: /);
});

it('finds a signal that is in the deployment worktree only', async () => {
  const worktree = worktreePath(root, { phase: 6, task: 1 });
  git(root, 'worktree', 'add', '--quiet', worktree);
  plant('.claude/.signals/go-decision.json', { score: 1 }, worktree);
  expect((await hook(prompt)).out).toContain(activationCode);
  expect(readFileSync(join(worktree, '.claude/.signals/go-decision.json'), 'utf8')).toBe('{"score":1}');
});
