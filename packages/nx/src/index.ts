export { createNodes, createNodes as createNodesV2 } from './inference/nodes';
export { preTasksExecution } from './hooks/pre-tasks-execution';

/** The plugin's name in Nx's messages. */
export const name = '@sluice/nx';
