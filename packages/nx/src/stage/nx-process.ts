import { readOrigin, type ProcessOrigin } from '@sluice/adapters/processes';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The process that runs all tasks of a run. Nx 23 tells it; nx 22 starts its tasks itself, on a terminal by a process of its own for each
 * task, which lives no longer than the task.
 */
export function nxProcess(
  env: Env,
  parent: number,
  originOf: (pid: number) => ProcessOrigin | null = readOrigin,
): number {
  const told = Number(env['NX_INVOCATION_ROOT_PID']);
  if (Number.isInteger(told) && told > 0) return told;
  const origin = originOf(parent);
  return origin && /[\\/]tasks-runner[\\/]fork\.js( |$)/.test(origin.command) ? origin.parent : parent;
}
