import { access } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';

export interface CommandOptions {
  cwd: string;
  /** The whole environment of the child. */
  env: Readonly<Record<string, string>>;
  /** Told of each line of its output as it comes, without colours. */
  onLine?: ((line: string) => void) | undefined;
  /** Told of each line of its standard output, as it is. */
  onOutput?: ((line: string) => void) | undefined;
}

export interface CommandEnd {
  /** `null` when it was ended by a signal or could not be started. */
  exitCode: number | null;
  /** There is no such program. */
  missing: boolean;
  /** `exit code 3`, `signal SIGSEGV`, `not started: EACCES`. */
  how: string;
  /** The last 20 lines of its output, both streams as they came. */
  lastLines: string[];
}

const keptLines = 20;
/** Milliseconds between SIGTERM and SIGKILL. */
const patience = 2_000;

/**
 * Runs a program, without a shell, in a process group of its own; `node` is the Node that runs Sluice. An abort ends the
 * whole group, and so does the program's own end: nothing that it started is left behind. Rejects with the signal's
 * reason, or when there is no folder `cwd`.
 */
export async function runCommand(
  [program = '', ...args]: readonly string[],
  { cwd, env, onLine, onOutput }: CommandOptions,
  signal: AbortSignal,
): Promise<CommandEnd> {
  await access(cwd);
  const { execa } = await import('execa');
  signal.throwIfAborted();
  const child = execa(program === 'node' ? process.execPath : program, args, {
    cwd,
    env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    detached: true,
  });
  const endGroup = (how: NodeJS.Signals) => killGroup(child.pid, how);
  const release = bindGroup(endGroup, signal);
  child.once('exit', () => endGroup('SIGKILL'));
  const lastLines: string[] = [];
  const read = async (from: 'all' | 'stdout', tell: (line: string) => void) => {
    for await (const line of child.iterable({ from })) tell(line);
  };
  const keep = (coloured: string) => {
    const line = stripVTControlCharacters(coloured);
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
    onLine?.(line);
  };
  try {
    await Promise.all([read('all', keep), onOutput && read('stdout', onOutput)]);
    const { exitCode = null, signal: endedBy, code } = await child;
    signal.throwIfAborted();
    return { exitCode, missing: code === 'ENOENT', how: howItEnded(exitCode, endedBy, code), lastLines };
  } finally {
    release();
  }
}

function howItEnded(exitCode: number | null, endedBy: string | undefined, code: string | undefined): string {
  if (exitCode !== null) return `exit code ${exitCode}`;
  return endedBy === undefined ? `not started: ${code ?? 'unknown'}` : `signal ${endedBy}`;
}

/** Ends the group when the signal fires or this process ends; gives the function that lets go of both. */
function bindGroup(endGroup: (how: NodeJS.Signals) => void, signal: AbortSignal): () => void {
  let escalation: NodeJS.Timeout | undefined;
  const abort = () => {
    endGroup('SIGTERM');
    escalation = setTimeout(() => endGroup('SIGKILL'), patience);
  };
  const exit = () => endGroup('SIGKILL');
  signal.addEventListener('abort', abort, { once: true });
  process.once('exit', exit);
  return () => {
    clearTimeout(escalation);
    signal.removeEventListener('abort', abort);
    process.removeListener('exit', exit);
  };
}

function killGroup(leader: number | undefined, how: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, how);
  } catch {
    // the group is gone, which is what was wanted
  }
}
