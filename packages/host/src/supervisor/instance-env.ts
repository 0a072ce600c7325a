import { delimiter, join } from 'node:path';

/** What of the controller's environment an instance gets; the rest (`NX_*`, `npm_*`, tokens) is none of its business. */
const inherited = /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR)$/;

/** What every process of a release is told; its settings can't change it. */
export interface ProcessFacts {
  release: string;
  environment: string;
  /** Of an instance; a hook has none. */
  port?: number;
  instance?: string;
}

/** The whole environment of a process: a little of the controller's, then its settings, then what it is told. */
export function instanceEnv(
  base: Readonly<Record<string, string | undefined>>,
  searchPath: string,
  settings: Readonly<Record<string, string>>,
  { release, environment, port, instance }: ProcessFacts,
): Record<string, string> {
  const kept = Object.entries(base).flatMap(([name, value]) =>
    value !== undefined && inherited.test(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(kept),
    PATH: searchPath,
    ...settings,
    ...(port !== undefined && { HOST: '127.0.0.1', PORT: String(port) }),
    SLUICE_RELEASE: release,
    SLUICE_ENVIRONMENT: environment,
    ...(instance !== undefined && { SLUICE_INSTANCE: instance }),
  };
}

/**
 * Where the programs of a release are looked up: its own `node_modules/.bin`, the PATH, and last the folder of the Node
 * that runs Sluice. npm puts the `node_modules/.bin` of the checkout that it was started in on the PATH: these are left
 * out, for a release must run in the same way when the controller is started from elsewhere.
 */
export function searchPathOf(folder: string, path: string | undefined, nodeFolder: string): string {
  const own = join(folder, 'node_modules', '.bin');
  const others = (path ?? '')
    .split(delimiter)
    .filter((entry) => entry !== '' && !/node_modules[\\/]\.bin$/.test(entry));
  return [own, ...others, ...(others.includes(nodeFolder) ? [] : [nodeFolder])].join(delimiter);
}
