import type { ProjectGraph } from '@nx/devkit';
import type { CommandLine } from './command-line';

/** A project whose deploy target the command line names. */
export interface Subject {
  name: string;
  root: string;
  configurations: string[];
}

/** The graph of the run that is about to start, as Nx has stored it; null where it can't be read. */
export async function storedGraph(): Promise<ProjectGraph | null> {
  try {
    const { readCachedProjectGraph } = await import('@nx/devkit');
    return readCachedProjectGraph();
  } catch {
    return null;
  }
}

/** The projects that the command line may mean and whose target of this name is Sluice's own, by name. */
export function subjectsOf(line: CommandLine, target: string, graph: ProjectGraph): Subject[] {
  const named = line.projects.filter((name) => name in graph.nodes);
  const exact = line.projects.length > 0 && named.length === line.projects.length;
  return (exact ? named : Object.keys(graph.nodes)).sort().flatMap((name) => {
    const data = graph.nodes[name]?.data;
    const found = data?.targets?.[target];
    if (!data || !found?.executor?.startsWith('@sluice/nx:')) return [];
    return [{ name, root: data.root, configurations: Object.keys(found.configurations ?? {}) }];
  });
}
