import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  heldTargets,
  performanceCheck,
  prdCheck,
  runChecks,
  verdictOf,
  type CheckResult,
  type Config,
  type PrdSubject,
} from '@sluice/core';
import { listBlobs } from '@sluice/adapters/git';
import { prdPlaces } from '../inference/prd-places';
import { clock } from '../stage/clock';
import type { StageResult, StageRun } from '../stage/run-stage';
import { checkByCommand } from './script';

/** Compares the load stage's figures with the targets of configuration and requirements; loads nothing itself. */
export async function performance(run: StageRun): Promise<StageResult> {
  const { config, evidence, signal, say } = run;
  const figures = evidence?.receipts.load?.figures ?? {};
  const stated = await readStated(run, targetsIn(config.performance));
  const read = await runChecks([prdCheck()], stated, { clock, signal });
  for (const line of read.flatMap(({ reason }) => reason.split('; '))) say(line);
  const judged = await judgeByCommand(run, figures);
  const targets = heldTargets(stated);
  // who judges by a command of their own need not state anything here
  const isJudged = judged.length > 0 && Object.keys(targets).length === 0;
  const compared = isJudged ? [] : await runChecks([performanceCheck()], { targets, figures }, { clock, signal });
  const checks = [...read, ...judged, ...compared];
  return { ...verdictOf(checks, { required: [] }), checks, figures };
}

const targetsIn = ({ p50, p95, p99, errorRate, rate }: Config['performance']) => ({ p50, p95, p99, errorRate, rate });

/** The project's own command, which reads the figures in a file. */
async function judgeByCommand(run: StageRun, figures: Record<string, number>): Promise<CheckResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-performance-'));
  try {
    const file = join(folder, 'figures.json');
    await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
    return await checkByCommand(run, 'performance', { SLUICE_FIGURES: file });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
