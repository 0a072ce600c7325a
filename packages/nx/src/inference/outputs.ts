import type { Stage } from '@sluice/core';

/** Outputs of a pure stage: its receipt, and what it built. The same places as `@sluice/adapters/files` names. */
export function outputsOf(stage: Stage, project: string): string[] {
  const folder = folderOf(project);
  const receipt = `{workspaceRoot}/.sluice/receipts/${folder}/${stage.name}.json`;
  return stage.name === 'build' ? [`{workspaceRoot}/.sluice/build/${folder}`, receipt] : [receipt];
}

/** `@acme/web` is one folder, `@acme+web`. Names that cannot be a folder are refused by the executors. */
const folderOf = (project: string): string => project.replace('/', '+');
