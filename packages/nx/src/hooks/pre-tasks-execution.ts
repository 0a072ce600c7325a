import type { PreTasksExecution } from '@nx/devkit';
import { dayVariable } from './day-variable';

/**
 * Ends a run before its first task where the command line would not do what it says: an option on a stage never reaches
 * the stages before it, and Nx runs the default instead of a configuration that it does not know. Costs nothing for a
 * command line that names no deploy target.
 *
 * The day is an input of the security stage. It is told by the environment, since a daemon remembers what a command printed, maybe
 * since yesterday.
 */
export const preTasksExecution: PreTasksExecution = async (_options, { argv, workspaceRoot }) => {
  if (!argv.some((word) => word.includes('deploy-'))) return;
  const { checkCommandLine } = await import('./refusal');
  await checkCommandLine(argv, workspaceRoot);
  process.env[dayVariable] = new Date().toISOString().slice(0, 10); // Nx hands it on, also from a daemon
};
