import { reportNameOf, type Stage } from '@sluice/core/pipeline';

/**
 * Outputs of a pure stage: its receipt, what CI systems read of it, what it built or measured, what a command wrote. The
 * same places as `@sluice/adapters/files` names.
 */
export function outputsOf({ name }: Stage, project: string): string[] {
  const folder = folderOf(project);
  const own = name === 'build' ? [] : [`${name}.log`, ...(name === 'load' ? ['load-run.json'] : [])];
  const receipts = [`${name}.json`, reportNameOf(name), ...own].map(
    (file) => `{workspaceRoot}/.sluice/receipts/${folder}/${file}`,
  );
  return name === 'build' ? [`{workspaceRoot}/.sluice/build/${folder}`, ...receipts] : receipts;
}

/** `@acme/web` is one folder, `@acme+web`. Names that cannot be a folder are refused by the executors. */
const folderOf = (project: string): string => project.replace('/', '+');
