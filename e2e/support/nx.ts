import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** What a command printed, both streams in order of arrival, and how it ended; killed by a signal it has no code. */
export interface Ended {
  code: number | null;
  text: string;
}

export interface Running {
  process: ChildProcess;
  /** What it has printed so far. */
  text(): string;
  ended: Promise<Ended>;
}

export const nx = (root: string, ...args: string[]): Promise<Ended> => startNx(root, ...args).ended;

/** `nx run` in a process group of its own. */
export const startNx = (root: string, ...args: string[]): Running =>
  start(root, process.execPath, [join(root, 'node_modules/.bin/nx'), 'run', ...args]);

export function start(cwd: string, command: string, args: string[]): Running {
  const child = spawn(command, args, { cwd, env: environment(cwd), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
  return { process: child, text: () => text, ended };
}

/** As on a terminal of its own: nothing of the jest, npm or nx that these tests run in, and a cache of their own. */
function environment(root: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NX_|SLUICE_|npm_|JEST_|NODE_ENV|NODE_OPTIONS|CI$)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_CACHE_DIRECTORY: join(root, '.nx/cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(root, '.nx/workspace-data'),
  };
}

/** The JSON that a target printed between the lines of nx. */
export function jsonIn(text: string): unknown {
  const from = text.search(/^[[{]/m);
  const to = Math.max(text.lastIndexOf('\n}'), text.lastIndexOf('\n]')) + 2;
  if (from < 0 || to <= from) throw new Error(`no JSON in:\n${text}`);
  return JSON.parse(text.slice(from, to));
}
