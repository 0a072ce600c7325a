import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { heldTargets, performanceCheck, prdCheck, runChecks, verdictOf, type PrdSubject } from '@sluice/core';
import { listBlobs } from '@sluice/adapters/git';
import { prdPlaces } from '../inference/prd-places';
import { clock } from '../stage/clock';
import type { StageResult, StageRun } from '../stage/run-stage';

/** Compares the load stage's figures with the targets of configuration and requirements; loads nothing itself. */
export async function performance(run: StageRun): Promise<StageResult> {
  const { config, evidence, signal, say } = run;
  const figures = evidence?.receipts.load?.figures ?? {};
  const stated = await readStated(run, config.performance);
  const read = await runChecks([prdCheck()], stated, { clock, signal });
  for (const line of read.flatMap(({ reason }) => reason.split('; '))) say(line);
  const compared = await runChecks([performanceCheck()], { targets: heldTargets(stated), figures }, { clock, signal });
  const checks = [...read, ...compared];
  return { ...verdictOf(checks, { required: [] }), checks, figures };
}

/** The document as it is in the commit: one that only lies there is nobody's word yet. */
async function readStated(run: StageRun, configured: PrdSubject['configured']): Promise<PrdSubject> {
  const { root, worktree, commit, projectRoot, say } = run;
  const places = prdPlaces(projectRoot);
  const committed = new Set((await listBlobs(worktree, commit)).filter(({ isFile }) => isFile).map(({ path }) => path));
  const file = places.find((place) => committed.has(place));
  if (file !== undefined) return { prd: { file, text: await readFile(join(worktree, file), 'utf8') }, configured };
  const lying = places.find((place) => existsSync(join(root, place)));
  if (lying !== undefined) say(`${lying} is not committed, so it is not read`);
  return { prd: null, configured };
}
