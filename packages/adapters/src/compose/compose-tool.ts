import { sluiceError } from '@sluice/core';
import { runCommand, type CommandEnd } from '../checks/command';

/** `docker compose` (2 and newer) or `docker-compose`. */
export interface ComposeTool {
  command: readonly string[];
  /** `1.29.2` */
  version: string;
}

/** Where and as what it is run. */
export interface ToolPlace {
  cwd: string;
  env: Readonly<Record<string, string>>;
}

const candidates = [['docker', 'compose'], ['docker-compose']] as const;
/** Milliseconds to say its version. */
const patience = 10_000;

/** The first that says its version. Rejects with `COMPOSE_MISSING`, which says what became of each. */
export async function findComposeTool(
  file: string,
  place: ToolPlace,
  signal: AbortSignal,
  limit = patience,
): Promise<ComposeTool> {
  const tried: string[] = [];
  for (const command of candidates) {
    const { end, output } = await runTool([...command, 'version', '--short'], place, limit, signal);
    const version = /^v?(\d+\.\d+\.\d\S*)$/.exec(output.join('\n').trim())?.[1];
    if (end?.exitCode === 0 && version !== undefined) return { command, version };
    tried.push(`"${command.join(' ')}" ${wordsOf(end, limit)}`);
  }
  throw sluiceError('COMPOSE_MISSING', { file, tried });
}

function wordsOf(end: CommandEnd | null, limit: number): string {
  if (end === null) return `gave no answer within ${limit / 1000} s`;
  if (end.missing) return 'is not installed';
  return end.exitCode === 0 ? 'does not say its version' : `ended with ${end.how}`;
}

export interface ToolRun {
  /** `null` when it was ended, for it took too long. */
  end: CommandEnd | null;
  /** Its standard output. */
  output: string[];
}

/** Runs it for at most `limit` ms. Rejects with the signal's reason. */
export async function runTool(
  command: readonly string[],
  place: ToolPlace & { onLine?: ((line: string) => void) | undefined },
  limit: number,
  signal: AbortSignal,
): Promise<ToolRun> {
  const output: string[] = [];
  const late = AbortSignal.timeout(Math.max(1, limit));
  try {
    const options = { ...place, onOutput: (line: string) => void output.push(line) };
    return { end: await runCommand(command, options, AbortSignal.any([signal, late])), output };
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted) throw error;
    return { end: null, output };
  }
}
