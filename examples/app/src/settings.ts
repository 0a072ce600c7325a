import { faultNames, isFaultName, type FaultName } from './faults';

export interface Settings {
  /** 0 takes any free port. */
  port: number;
  /** Shown by `/` and in the `x-release` header of every answer: which release answered. */
  release: string;
  fault?: FaultName;
}

/** Reads the settings from the environment. Throws one error that names everything that is wrong. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const { PORT, RELEASE_NAME: release = 'first', FAULT } = env;
  const port = PORT !== undefined && /^\d{1,5}$/.test(PORT) ? Number(PORT) : NaN;
  const fault = FAULT === '' ? undefined : FAULT;

  const problems: string[] = [];
  if (!(port <= 65535)) problems.push(`PORT must be a port number, 0 to 65535, and is ${show(PORT)}`);
  if (!/^[\w.-]{1,64}$/.test(release)) {
    problems.push(`RELEASE_NAME must be 1 to 64 letters, digits, ".", "_" or "-", and is ${show(release)}`);
  }
  if (fault !== undefined && !isFaultName(fault)) {
    problems.push(`FAULT must be one of ${faultNames.join(', ')}, and is ${show(fault)}`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));

  return { port, release, ...(isFaultName(fault) && { fault }) };
}

function show(value: string | undefined): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
