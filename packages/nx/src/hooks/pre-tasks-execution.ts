import type { PreTasksExecution } from '@nx/devkit';

/**
 * Ends a run before its first task where the command line would not do what it says: an option on a stage never reaches
 * the stages before it, and Nx runs the default instead of a configuration that it does not know. Costs nothing for a
 * command line that names no deploy target.
 */
export const preTasksExecution: PreTasksExecution = async (_options, { argv, workspaceRoot }) => {
  if (!argv.some((word) => word.includes('deploy-'))) return;
  const { checkCommandLine } = await import('./refusal');
  await checkCommandLine(argv, workspaceRoot);
};
