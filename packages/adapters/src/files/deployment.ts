import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentNames, pipeline, type EnvironmentName, type Receipt } from '@sluice/core';
import { hasCode, replaceFile } from '../durable/durable-file';
import { usable } from '../durable/usable';
import { deploymentFolder, logFile, reportFile, signalFile } from './paths';
import { createReceiptStore } from './receipts';
import { appendLine } from './text-log';

/** The files that a deployment leaves for people and for the pipeline around it. */
export interface DeploymentFiles {
  /** The receipts that can be read, in pipeline order; one that can't be trusted is left out. */
  receipts(checkout: string, project: string): Promise<Receipt[]>;
  writeReport(worktree: string, project: string, markdown: string): Promise<void>;
  /** In the worktree and in the main checkout, where a pipeline waits for it; `null` takes an earlier one away. */
  writeSignal(worktree: string, project: string, signal: object | null): Promise<void>;
  log(worktree: string, log: 'staging' | 'canary' | 'production', line: string): Promise<void>;
}

export function createDeploymentFiles(root: string): DeploymentFiles {
  return {
    async receipts(checkout, project) {
      const store = createReceiptStore(checkout, () => '');
      const found = await Promise.all(pipeline.map(({ name }) => store.read(project, name).catch(() => null)));
      return found.flatMap((receipt) => receipt ?? []);
    },

    async writeReport(worktree, project, markdown) {
      await replaceFile(reportFile(worktree), markdown);
      await replaceFile(join(deploymentFolder(worktree, project), 'DEPLOYMENT_REPORT.md'), markdown);
    },

    async writeSignal(worktree, project, signal) {
      const files = [
        signalFile(worktree),
        signalFile(root),
        join(deploymentFolder(worktree, project), 'phase6-complete.json'),
      ];
      for (const file of files) {
        if (signal) await replaceFile(file, `${JSON.stringify(signal, null, 2)}\n`);
        else await rm(file, { force: true });
      }
    },

    log: (worktree, log, line) => appendLine(logFile(worktree, log), line),
  };
}

/** The projects and environments that have a state file; `@acme+web` is `@acme/web`. */
export async function listStates(root: string): Promise<{ project: string; environment: EnvironmentName }[]> {
  const folder = join(root, '.sluice', 'state');
  const nested = await Promise.all(
    environmentNames.map(async (environment) =>
      (await namesIn(join(folder, environment)))
        .filter((name) => name.endsWith('.json'))
        .map((name) => ({ project: name.slice(0, -'.json'.length).replace('+', '/'), environment })),
    ),
  );
  return nested.flat();
}

const namesIn = (folder: string): Promise<string[]> =>
  usable(folder, () => readdir(folder)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
