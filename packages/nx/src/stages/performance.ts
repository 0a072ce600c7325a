import { performanceCheck, runChecks, verdictOf } from '@sluice/core';
import { clock } from '../stage/clock';
import type { StageResult, StageRun } from '../stage/run-stage';

/** Compares the load stage's figures with the configured targets; loads nothing itself. */
export async function performance({ config, evidence, signal }: StageRun): Promise<StageResult> {
  const figures = evidence?.receipts.load?.figures ?? {};
  const checks = await runChecks([performanceCheck()], { targets: config.performance, figures }, { clock, signal });
  return { ...verdictOf(checks, { required: [] }), checks, figures };
}
