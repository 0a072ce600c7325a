import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { sluiceError, type SluiceError } from '@sluice/core';
import { hasCode } from '../durable/durable-file';

/** What a git command said: its exit code and its output as text. */
export interface GitAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Where another git command, such as a hook that started us, says which repository it works on: not ours. */
const inherited = [
  ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_COMMON_DIR', 'GIT_PREFIX', 'GIT_NAMESPACE'],
  ...['GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_SHALLOW_FILE', 'GIT_GRAFT_FILE'],
  ...['GIT_LITERAL_PATHSPECS', 'GIT_GLOB_PATHSPECS', 'GIT_NOGLOB_PATHSPECS', 'GIT_ICASE_PATHSPECS'],
];

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !inherited.includes(name));
  // optional locks: a status of ours must not stand in the way of somebody's commit
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
}

/** How a git command is run that may take long, since it runs hooks, or works on an index of its own. */
export interface GitOptions {
  /** Ends it; then it rejects with the signal's reason. */
  signal?: AbortSignal;
  env?: Readonly<Record<string, string>>;
}

/**
 * Runs git in a folder and gives its answer, whatever the exit code. Paths in `args` are taken literally.
 * Rejects with `GIT_MISSING`, and with `NOT_A_REPOSITORY` for a folder that does not exist.
 */
export async function askGit(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
  const { signal, env } = options;
  signal?.throwIfAborted();
  // not by execa: every command begins with git, and loading execa takes longer than git's answer
  const child = spawn('git', ['--literal-pathspecs', ...args], {
    ...{ cwd, env: { ...environment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const ended = new Promise<number>((resolve, reject) => {
    // what a hook has started may hold the pipes open for as long as it likes
    const end = () => {
      child.kill();
      child.stdout.destroy();
      child.stderr.destroy();
      reject(signal?.reason instanceof Error ? signal.reason : new Error('it was broken off'));
    };
    signal?.addEventListener('abort', end, { once: true });
    child.on('close', () => signal?.removeEventListener('abort', end));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === null) reject(new Error(`it was ended by ${signal ?? 'a signal'}`));
      else resolve(code);
    });
  });
  try {
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout: withoutEnd(stdout), stderr: withoutEnd(stderr) };
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!(await isFolder(cwd))) throw sluiceError('NOT_A_REPOSITORY', { folder: cwd });
    if (hasCode(thrown, 'ENOENT')) throw sluiceError('GIT_MISSING', {});
    throw gitFailed(cwd, args, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const withoutEnd = (output: string): string => output.replace(/\r?\n$/, '');

/** Runs git and gives its output. Rejects like `askGit`, and with `GIT_FAILED` for an exit code other than 0. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const answer = await askGit(cwd, args);
  if (answer.code !== 0) throw gitFailed(cwd, args, answer.stderr || answer.stdout);
  return answer.stdout;
}

export const gitFailed = (cwd: string, args: readonly string[], output: string): SluiceError =>
  sluiceError('GIT_FAILED', { command: `git ${args.join(' ')}`, folder: cwd, output: output.trim() });

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

/** The parts of an output of `-z`, where each ends with NUL. */
export const partsOf = (output: string): string[] => output.split('\0').slice(0, -1);
