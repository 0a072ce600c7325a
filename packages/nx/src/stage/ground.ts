import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { parseConfig, sluiceError, stageOf, type Config, type StageName } from '@sluice/core';
import { expandFreeze } from '@sluice/adapters/freeze';
import { createRunRecords, folderName, worktreeKeyOf, worktreePath, type WorktreeKey } from '@sluice/adapters/files';
import { findRepository, type Repository } from '@sluice/adapters/git';
import { withEnvFile } from './env-file';

/** What is worked on. */
export interface Subject {
  project: string;
  /** Relative to every checkout. */
  projectRoot: string;
  /** The Nx configuration of the run, which is the variant of `sluice.json`. */
  configuration: string | null;
}

/** Where and what an act works on. All paths are absolute but `projectRoot`. */
export interface Site extends Subject {
  /** The main checkout. */
  root: string;
  /** The checkout that nx was started in, and its commit. */
  checkout: string;
  head: string;
  /** The isolated worktree. */
  worktree: string;
}

/** Where and what a target works on. */
export interface Ground extends Site {
  context: ExecutorContext;
}

/** Rejects with `NAME_INVALID` before anything is made for a project that could keep no files, and like `findRepository`. */
export async function findGround(context: ExecutorContext): Promise<Ground> {
  const project = context.projectName ?? '';
  folderName('project', project);
  const projectRoot = context.projectsConfigurations.projects[project]?.root ?? '';
  const subject = { project, projectRoot, configuration: context.configurationName ?? null };
  return { ...(await siteIn(await findRepository(context.root), subject)), context };
}

export async function siteIn({ root, checkout, head, isWorktree }: Repository, subject: Subject): Promise<Site> {
  const site = { ...subject, root, checkout, head };
  if (isWorktree && worktreeKeyOf(checkout)) return { ...site, worktree: checkout };
  // a note that can't be read must not keep anybody from going back: a stage reads it once more, and rejects
  const record = await createRunRecords(root)
    .read(subject.project, checkout)
    .catch(() => null);
  return { ...site, worktree: record?.worktree ?? worktreePath(root, await configuredKey(subject, checkout)) };
}

/** What is wrong with the settings is told by who needs them. */
const configuredKey = (subject: Subject, checkout: string): Promise<WorktreeKey> =>
  readSettings(subject, checkout).then(
    ({ config }) => config.worktree,
    () => defaultKey,
  );
const defaultKey: WorktreeKey = { phase: 6, task: 1 };

export interface Settings {
  config: Config;
  /** The text of `sluice.json` and where it was read. */
  text: string;
  file: string;
}

/** Reads `sluice.json` of a checkout. Rejects with `CONFIG_MISSING`, `CONFIG_INVALID`, `CONFIGURATION_UNKNOWN`. */
export async function readSettings({ projectRoot, configuration }: Subject, checkout: string): Promise<Settings> {
  const file = join(projectRoot, 'sluice.json');
  const text = await readFile(join(checkout, file), 'utf8').catch(() => {
    throw sluiceError('CONFIG_MISSING', { file });
  });
  const config = await withEnvFile(parseConfig(text, file, configuration), join(checkout, projectRoot), file);
  await expandFreeze(config.freeze, file, Date.now()); // what can't be understood is told before anything is done
  return { config, text, file };
}

/** The command that runs a target of this project in this variant. */
export function commandOf({ project, configuration }: Omit<Subject, 'projectRoot'>, target: string): string {
  return `nx run ${project}:${target}${configuration ? `:${configuration}` : ''}`;
}

export const stageCommand = (ground: Subject, stage: StageName): string => commandOf(ground, stageOf(stage).target);

/** Whether the run that this task belongs to has another target of the same project. */
export const runsTarget = ({ context, project }: Ground, target: string): boolean =>
  Object.values(context.taskGraph?.tasks ?? {}).some(
    (task) => task.target.project === project && task.target.target === target,
  );
