import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { parseConfig, sluiceError, stageOf, type Config, type StageName } from '@sluice/core';
import { worktreePath } from '@sluice/adapters/files';
import { findRepository } from '@sluice/adapters/git';

/** Phase and task of the pipeline that this deployment is. */
export const worktreeKey = { phase: 6, task: 1 };

/** Where and what a target works on. All paths are absolute but `projectRoot`, which is relative to every checkout. */
export interface Ground {
  project: string;
  projectRoot: string;
  /** The Nx configuration of the run, which is the variant of `sluice.json`. */
  configuration: string | null;
  /** The main checkout. */
  root: string;
  /** The checkout that nx was started in, and its commit. */
  checkout: string;
  head: string;
  /** The isolated worktree. */
  worktree: string;
  context: ExecutorContext;
}

export async function findGround(context: ExecutorContext): Promise<Ground> {
  const project = context.projectName ?? '';
  const projectRoot = context.projectsConfigurations.projects[project]?.root ?? '';
  const { root, checkout, head, isWorktree } = await findRepository(context.root);
  const isDeployment = isWorktree && /[\\/]phase-\d+-task-\d+$/.test(checkout);
  return {
    project,
    projectRoot,
    configuration: context.configurationName ?? null,
    root,
    checkout,
    head,
    worktree: isDeployment ? checkout : worktreePath(root, worktreeKey),
    context,
  };
}

export interface Settings {
  config: Config;
  /** The text of `sluice.json` and where it was read. */
  text: string;
  file: string;
}

/** Reads `sluice.json` of a checkout. Rejects with `CONFIG_MISSING`, `CONFIG_INVALID`, `CONFIGURATION_UNKNOWN`. */
export async function readSettings({ projectRoot, configuration }: Ground, checkout: string): Promise<Settings> {
  const file = join(projectRoot, 'sluice.json');
  const text = await readFile(join(checkout, file), 'utf8').catch(() => {
    throw sluiceError('CONFIG_MISSING', { file });
  });
  return { config: parseConfig(text, file, configuration), text, file };
}

/** The command that runs a target of this project in this variant. */
export function commandOf({ project, configuration }: Ground, target: string): string {
  return `nx run ${project}:${target}${configuration ? `:${configuration}` : ''}`;
}

export const stageCommand = (ground: Ground, stage: StageName): string => commandOf(ground, stageOf(stage).target);

/** Whether the run that this task belongs to has another target of the same project. */
export const runsTarget = ({ context, project }: Ground, target: string): boolean =>
  Object.values(context.taskGraph?.tasks ?? {}).some(
    (task) => task.target.project === project && task.target.target === target,
  );
