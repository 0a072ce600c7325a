import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { environmentNames, pipeline, type EnvironmentName, type OutcomeSignals, type Receipt } from '@sluice/core';
import { hasCode, replaceFile } from '../durable/durable-file';
import { usable } from '../durable/usable';
import { deploymentFolder, logFile, projectLogFile, reportFile } from './paths';
import { createReceiptStore } from './receipts';
import { createSignals, type Beginning } from './signals';
import { appendLine } from './text-log';

/** The files that a deployment leaves for people and for the pipeline around it. */
export interface DeploymentFiles {
  /** The receipts that can be read, in pipeline order; one that can't be trusted is left out. */
  receipts(checkout: string, project: string): Promise<Receipt[]>;
  writeReport(worktree: string, project: string, markdown: string): Promise<void>;
  /** A run begins to deploy these projects together: no signal of an earlier one is there any more. */
  beginSignals(worktree: string, projects: readonly string[], beginning: Beginning): Promise<void>;
  /**
   * What a deployment came to, in the worktree and in the main checkout, where a pipeline waits for it. Answers what it and those
   * that are deployed with it come to together. `null`: nothing any more.
   */
  writeSignals(worktree: string, project: string, signals: OutcomeSignals | null): Promise<OutcomeSignals>;
  /** Whether what came of a project's deployment has been told since it began. */
  isTold(project: string): Promise<boolean>;
  log(
    worktree: string,
    project: string,
    log: 'infra' | 'staging' | 'canary' | 'production',
    line: string,
  ): Promise<void>;
}

export function createDeploymentFiles(root: string): DeploymentFiles {
  const signals = createSignals(root);
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

    beginSignals: signals.begin,
    writeSignals: signals.write,
    isTold: signals.isTold,

    async log(worktree, project, log, line) {
      await appendLine(logFile(worktree, log), line);
      const own = projectLogFile(worktree, project, log);
      await makeBelow(worktree, dirname(own));
      await appendLine(own, line);
    },
  };
}

/** Makes a folder, but not the one that it is to be below: a worktree that was just removed is not made again. */
async function makeBelow(top: string, folder: string): Promise<void> {
  if (folder === top) return;
  await makeBelow(top, dirname(folder));
  await mkdir(folder).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
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
