import type { Stage } from '@sluice/core';

/** Outputs of a pure stage: its receipt, what it built or measured, what a command wrote. The same places as `@sluice/adapters/files` names. */
export function outputsOf(stage: Stage, project: string): string[] {
  const folder = folderOf(project);
  const beside = (name: string) => `{workspaceRoot}/.sluice/receipts/${folder}/${name}`;
  const receipt = beside(`${stage.name}.json`);
  if (stage.name === 'build') return [`{workspaceRoot}/.sluice/build/${folder}`, receipt];
  const log = beside(`${stage.name}.log`);
  return stage.name === 'load' ? [receipt, log, beside('load-run.json')] : [receipt, log];
}

/** `@acme/web` is one folder, `@acme+web`. Names that cannot be a folder are refused by the executors. */
const folderOf = (project: string): string => project.replace('/', '+');
