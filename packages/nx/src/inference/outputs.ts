import { reportNameOf, type Stage } from '@sluice/core/pipeline';

/** Outputs of a pure stage: its receipt, what CI systems read of it, and what it built. The same places as `@sluice/adapters/files` names. */
export function outputsOf(stage: Stage, project: string): string[] {
  const folder = folderOf(project);
  const receipts = [`${stage.name}.json`, reportNameOf(stage.name)].map(
    (name) => `{workspaceRoot}/.sluice/receipts/${folder}/${name}`,
  );
  return stage.name === 'build' ? [`{workspaceRoot}/.sluice/build/${folder}`, ...receipts] : receipts;
}

/** `@acme/web` is one folder, `@acme+web`. Names that cannot be a folder are refused by the executors. */
const folderOf = (project: string): string => project.replace('/', '+');
