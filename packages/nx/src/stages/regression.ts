import {
  digestOf,
  regressionCheck,
  runChecks,
  type CheckResult,
  type LoadRun,
  type RegressionSubject,
} from '@sluice/core';
import { createStateStore, keptLoadRunFile, loadRunFile, readLoadRun, writeLoadRun } from '@sluice/adapters/files';
import { clock } from '../stage/clock';
import type { StageRun } from '../stage/run-stage';

/** How the release did under load beside the one that is live in production: state, so it is no part of a cached stage. */
export async function compareWithLive(run: StageRun): Promise<CheckResult[]> {
  const { config, root, project, signal } = run;
  const release = (await createStateStore(root).load(project, 'production'))?.stable;
  const live: RegressionSubject['live'] = release
    ? { release, run: await readLoadRun(keptLoadRunFile(root, project, release.id)) }
    : null;
  const subject = { own: await ownRun(run), live };
  return runChecks([regressionCheck(config.performance.maxRegression)], subject, { clock, signal });
}

/** Keeps the load run with the release, for the one after it. */
export async function keepLoadRun(run: StageRun, release: string): Promise<void> {
  const own = await ownRun(run);
  if (own) await writeLoadRun(keptLoadRunFile(run.root, run.project, release), own);
}

/** The load run that the receipt speaks of; `null` where it measured none, or another is in its place. */
async function ownRun({ checkout, project, evidence }: StageRun): Promise<LoadRun | null> {
  const own = await readLoadRun(loadRunFile(checkout, project));
  return own && digestOf(own) === evidence?.receipts.load?.produced['run'] ? own : null;
}
