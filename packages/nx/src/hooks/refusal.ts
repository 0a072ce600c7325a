import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { acts, parseConfig, pipeline, SluiceError, sluiceError } from '@sluice/core';
import { readCommandLine, type CommandLine } from './command-line';
import { commandInstead } from './remedy';
import { storedGraph, subjectsOf, type Subject } from './subjects';

const targets: ReadonlySet<string> = new Set([
  ...pipeline.map((stage) => stage.target),
  ...acts.map((act) => `deploy-${act}`),
]);
/** The stages that run other stages first. */
const chained: ReadonlySet<string> = new Set(pipeline.flatMap(({ needs, target }) => (needs.length ? [target] : [])));

/**
 * Throws `OPTION_REFUSED`, `CONFIGURATION_UNKNOWN` or `CONFIG_INVALID`, with the remedy in the message, since Nx prints
 * nothing else. A command line that it can't make sense of passes: this must never stand in the way of other targets.
 */
export async function checkCommandLine(
  argv: readonly string[],
  workspaceRoot: string,
  readGraph: () => Promise<ProjectGraph | null> = storedGraph,
): Promise<void> {
  const line = readCommandLine(argv, (name) => targets.has(name));
  const target = line?.targets.find((name) => chained.has(name)) ?? line?.targets.find((name) => targets.has(name));
  if (!line || target === undefined) return;
  const option = chained.has(target) ? line.passed[0] : undefined;
  if (option === undefined && line.configuration === null) return;

  const graph = await readGraph();
  const subjects = graph && subjectsOf(line, target, graph);
  if (subjects?.length === 0) return; // a target of the same name that is not Sluice's
  const problem =
    option === undefined
      ? await unknownConfiguration(line.configuration, subjects ?? [], workspaceRoot)
      : refusedOption(line, target, option, subjects ?? []);
  if (problem)
    throw new SluiceError(problem.code, `${problem.code}: ${problem.message}\n${problem.remedy}`, problem.remedy);
}

function refusedOption(line: CommandLine, target: string, option: string, subjects: Subject[]): SluiceError {
  const configurations = subjects.flatMap((subject) => subject.configurations);
  return sluiceError('OPTION_REFUSED', {
    option,
    target,
    command: commandInstead(line, target, option, configurations),
  });
}

/** Null where a project has it. The file is asked too, for it may be newer than the stored graph. */
async function unknownConfiguration(
  name: string | null,
  subjects: Subject[],
  workspaceRoot: string,
): Promise<SluiceError | null> {
  if (name === null || subjects.some(({ configurations }) => configurations.includes(name))) return null;
  let problem: SluiceError | null = null;
  for (const { root } of subjects) {
    const file = join(root, 'sluice.json');
    try {
      parseConfig(await readFile(join(workspaceRoot, file), 'utf8'), file, name);
      return null;
    } catch (thrown) {
      if (thrown instanceof SluiceError) problem ??= thrown;
    }
  }
  return problem;
}
