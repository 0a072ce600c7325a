import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z, type Check, type CheckOutcome } from '@sluice/core';
import { runCommand } from './command';
import { commandEnv } from './command-env';
import { fail, pass, skip } from './outcome';

export interface TargetsSubject {
  /** The workspace whose files are judged, with nx installed. */
  worktree: string;
  project: string;
  /** The targets that the project has. */
  targets: readonly string[];
  /** The projects that it depends on, at any depth, with the targets that each has. None without it. */
  dependencies?: readonly { name: string; targets: readonly string[] }[];
}

export interface TargetsSettings {
  /** The targets to run, of each project those that it has. */
  targets: readonly string[];
  allowNoTests: boolean;
  /** Added to the environment of nx, from which all other `NX_*` are taken out. */
  env?: Readonly<Record<string, string>>;
  onLine?: (line: string) => void;
}

/** Targets that judge a project without testing it. */
const notTests: readonly string[] = ['lint', 'typecheck', 'build'];

/** "All tests pass": that there are tests, then each of the targets. */
export const targetChecks = (settings: TargetsSettings): Check<TargetsSubject>[] => [
  testsExistCheck(settings),
  ...settings.targets.map((target) => targetCheck(target, settings)),
];

const testsExistCheck = ({ targets: wanted, allowNoTests }: TargetsSettings): Check<TargetsSubject> => ({
  name: 'tests-exist',
  tool: 'sluice',
  version: '1', // of these rules
  timeLimit: 10_000,
  async run({ project, targets }) {
    const tests = wanted.filter((target) => !notTests.includes(target));
    const found = tests.filter((target) => targets.includes(target));
    if (found.length) return pass(`${project} is tested by ${found.join(', ')}`);
    const none = `${project} has no tests (looked for ${tests.join(', ') || 'none: readiness.targets names no test'})`;
    return allowNoTests ? skip(`${none}, which readiness.allowNoTests allows`) : fail(none);
  },
});

/**
 * Runs one target of the project and of what it depends on, by the workspace's own nx, through its cache. `version` is that
 * nx's, known once it ran.
 */
export function targetCheck(target: string, { env, onLine }: TargetsSettings): Check<TargetsSubject> {
  let version = 'not run';
  return {
    name: `target:${target}`,
    tool: 'nx',
    get version() {
      return version;
    },
    timeLimit: 1_800_000,
    async run({ worktree, project, targets, dependencies = [] }, signal): Promise<CheckOutcome> {
      const owners = [{ name: project, targets }, ...dependencies].filter((owner) => owner.targets.includes(target));
      if (owners.length === 0) return skip(`${project} has no target ${target}`);
      const nx = await findNx(worktree);
      version = nx.version;
      const names = owners.map(({ name }) => name);
      const args = isOne(names) ? ['run', `${names[0]}:${target}`] : ['run-many', `--targets=${target}`, listed(names)];
      const words = `nx ${args.join(' ')}`;
      const end = await runCommand(
        ['node', nx.bin, ...args, '--output-style=stream'],
        { cwd: worktree, env: commandEnv(process.env, env), onLine },
        signal,
      );
      if (end.exitCode === 0) return pass(`${words} passed`);
      return fail(`${words} ended with ${end.how}`, [{ severity: 'high', message: end.lastLines.join('\n') }]);
    },
  };
}

const isOne = (names: readonly string[]): names is readonly [string] => names.length === 1;
const listed = (names: readonly string[]): string => `--projects=${names.join(',')}`;

const nxPackage = z.object({ version: z.string(), bin: z.object({ nx: z.string() }) });

/** The nx that is installed in a checkout. Rejects where none is. */
export async function findNx(worktree: string): Promise<{ bin: string; version: string }> {
  let manifest: string;
  try {
    manifest = createRequire(join(worktree, 'package.json')).resolve('nx/package.json');
  } catch {
    throw new Error(`nx is not installed in ${worktree}: install the dependencies there`);
  }
  const { version, bin } = nxPackage.parse(JSON.parse(await readFile(manifest, 'utf8')));
  return { bin: join(dirname(manifest), bin.nx), version };
}
