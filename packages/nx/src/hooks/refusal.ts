import type { ProjectGraph } from '@nx/devkit';
import { acts, pipeline } from '@sluice/core/pipeline';
import { readCommandLine } from './command-line';
import { storedGraph, subjectsOf } from './subjects';

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
  const problems = await import('./problems'); // loads the core: every deploying run waits for this hook
  const problem =
    option === undefined
      ? await problems.unknownConfiguration(line.configuration, subjects ?? [], workspaceRoot)
      : problems.refusedOption(line, target, option, subjects ?? []);
  if (problem) throw problems.asNxPrints(problem);
}
