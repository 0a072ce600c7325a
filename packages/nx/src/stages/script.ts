import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { runChecks, sluiceError, type CheckResult, type Config } from '@sluice/core';
import { scriptCheck, type ScriptSettings, type ScriptSubject } from '@sluice/adapters/checks';
import { commandLogFile } from '@sluice/adapters/files';
import { listBlobs } from '@sluice/adapters/git';
import { clock } from '../stage/clock';
import { contentBlobs } from '../stage/content';
import type { StageRun } from '../stage/run-stage';
import { sayNested } from '../stage/say';

type ScriptStage = 'security' | 'load' | 'performance';

/** A command of the project that judges a release: how it is run, and on what. */
export interface Script {
  settings: ScriptSettings;
  subject: ScriptSubject;
}

/** More is shown, but not kept. */
const keptBytes = 10 * 1024 ** 2;

/**
 * Hands the command of a stage to `work`, `null` where none is configured. What it writes is shown as it comes, and kept in
 * `<stage>.log` beside the receipt. `env` is what it is told besides.
 */
export async function withScript<T>(
  run: StageRun,
  stage: ScriptStage,
  env: Record<string, string>,
  work: (script: Script | null) => Promise<T>,
): Promise<T> {
  const { checkout, project, config, worktree, projectRoot, commit, evidence } = run;
  const { command, timeout }: Config[ScriptStage] = config[stage];
  const file = commandLogFile(checkout, project, stage);
  await rm(file, { force: true }); // that of an earlier run
  if (!command) return work(null);
  await refuseUnseen(run, stage, command);
  await mkdir(dirname(file), { recursive: true });
  const log = createWriteStream(file);
  const onLine = (line: string) => {
    sayNested(line);
    if (log.bytesWritten + log.writableLength < keptBytes) log.write(`${line}\n`);
  };
  const told = {
    SLUICE_PROJECT: project,
    SLUICE_STAGE: stage,
    SLUICE_COMMIT: commit,
    SLUICE_RELEASE: evidence?.release.id ?? '',
  };
  try {
    return await work({
      settings: { key: `${stage}.command`, command, timeout, onLine },
      subject: { folder: join(worktree, projectRoot), env: { ...told, ...env } },
    });
  } finally {
    log.end();
    await finished(log);
  }
}

/** The check of such a command alone; none where none is configured. */
export const checkByCommand = (
  run: StageRun,
  stage: ScriptStage,
  env: Record<string, string>,
): Promise<CheckResult[]> =>
  withScript(run, stage, env, async (script) =>
    script ? runChecks([scriptCheck(script.settings)], script.subject, { clock, signal: run.signal }) : [],
  );

/** A file of the repository that no result is cached by could change, and the old result would stand. */
async function refuseUnseen(run: StageRun, stage: ScriptStage, command: readonly string[]): Promise<void> {
  const { worktree, projectRoot, commit } = run;
  const content = new Set((await contentBlobs(run, stage, worktree, commit)).map(({ path }) => path));
  const committed = new Set((await listBlobs(worktree, commit)).map(({ path }) => path));
  const paths = command.map((word) => relative(worktree, resolve(worktree, projectRoot, word)));
  const unseen = paths.find((path) => committed.has(path) && !content.has(path));
  if (unseen !== undefined) throw sluiceError('COMMAND_UNSEEN', { key: `${stage}.command`, file: unseen });
}
