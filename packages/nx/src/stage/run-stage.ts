import type { ExecutorContext } from '@nx/devkit';
import {
  makeReceipt,
  sluiceError,
  stageOf,
  toProblem,
  type CheckResult,
  type Receipt,
  type ReceiptBody,
  type StageName,
} from '@sluice/core';
import { createReceiptStore } from '@sluice/adapters/files';
import { checkInputs, contentDigests } from './content';
import { unknownDependencies } from './dependencies';
import { readEvidence, type Evidence } from './evidence';
import type { Failure } from './failure-report';
import { findGround, readSettings, runsTarget, stageCommand, type Ground, type Settings } from './ground';
import { sayFolded, sayProblem, sayVerdict } from './say';

/** What a stage works with: where, on which commit, with which settings and evidence. */
export interface StageRun extends Ground, Settings {
  commit: string;
  evidence: Evidence | null;
  signal: AbortSignal;
  say(line: string): void;
}

/** What a stage found. `subject` is filled in for it. */
export type StageResult = Pick<ReceiptBody, 'verdict' | 'reasons'> &
  Partial<Pick<ReceiptBody, 'figures' | 'checks' | 'produced'>> & {
    tools?: Record<string, string>;
    /** What to do about a failure, for people: no part of the evidence. */
    next?: string[];
  };

/**
 * The envelope of every stage: finds the ground, checks the evidence, runs the stage, leaves the receipt. Turns a failed
 * verdict and every error into `{ success: false }`, said in words; nothing else of the plugin does.
 */
export async function runStage(
  stage: StageName,
  context: ExecutorContext,
  work: (run: StageRun) => Promise<StageResult>,
): Promise<{ success: boolean }> {
  const startedAt = Date.now();
  const ending = endOnSignals();
  let ground: Ground | null = null;
  let release: string | null = null;
  try {
    ground = await findGround(context);
    const receipts = receiptsOf(ground);
    await receipts.forgetReport(ground.project, stage); // whatever ends this run, that of an earlier one is not left
    const commit = stage === 'worktree' ? ground.head : await joinRun(ground);
    const settings = await readSettings(ground, stage === 'worktree' ? ground.checkout : ground.worktree);
    const isPure = stageOf(stage).kind === 'pure';
    if (isPure) await checkInputs(ground, stage, commit);
    const content = stage === 'worktree' ? {} : await contentDigests(ground, settings.config, commit);
    const needsRelease = stageOf(stage).needs.length > 0 && stage !== 'build';
    const evidence = needsRelease ? await readEvidence(stage, ground, settings, commit, content) : null;
    release = evidence?.release.id ?? null;

    const result = await work({ ...ground, ...settings, commit, evidence, signal: ending.signal, say: sayFolded });
    const { tools = {}, figures = {}, checks = [], produced = {}, next = [], ...found } = result;
    const subject =
      isPure || !evidence
        ? { content: content[stage] ?? produced['commit'] ?? commit, tools: { node: process.version, ...tools } }
        : { release: evidence.release.id, builtOn: evidence.builtOn };
    const receipt = makeReceipt(
      { stage, project: ground.project, subject, figures, checks, produced, ...found },
      { startedAt, durationMs: Date.now() - startedAt },
    );
    await receipts.report(receipt, settings.file);
    await receipts.write(receipt);
    sayVerdict(receipt);
    for (const line of next) sayFolded(`  -> ${line}`);
    if (found.verdict !== 'fail') return { success: true };
    await reportFailure(ground, { stage, reasons: found.reasons, code: null, commit, release });
    return { success: false };
  } catch (thrown) {
    if (ending.signal.aborted) return { success: false };
    const problem = toProblem(thrown);
    sayProblem(problem);
    // what goes on has not failed
    if (ground && !['ROLLOUT_WAITING', 'RUN_IN_PROGRESS'].includes(problem.code)) {
      const reasons = [`${problem.message} (${problem.code})`];
      const times = { startedAt, durationMs: Date.now() - startedAt };
      await reportError(ground, stage, reasons, times);
      await reportFailure(ground, { stage, reasons, code: problem.code, commit: ground.head, release });
    }
    return { success: false };
  } finally {
    ending.release();
  }
}

/** Nobody moves the worktree from here on while this stage, or the run that it belongs to, lives. */
async function joinRun(ground: Ground): Promise<string> {
  const { whileNobodyElse } = await import('@sluice/adapters/git');
  const { claim } = await import('./tenancy');
  return whileNobodyElse(ground.root, async () => {
    const commit = await pinnedCommit(ground);
    await claim(ground, ground.worktree, commit);
    return commit;
  });
}

/**
 * The commit that is being deployed: the worktree's, where the run made the worktree itself; else it must be the one that is
 * checked out here. Rejects with `WORKTREE_MISSING` and `WORKTREE_MOVED`.
 */
async function pinnedCommit(ground: Ground): Promise<string> {
  const { findCheckout } = await import('@sluice/adapters/git');
  const found = await findCheckout(ground.worktree).catch(() => null);
  if (found?.checkout !== ground.worktree)
    throw sluiceError('WORKTREE_MISSING', { path: ground.worktree, command: stageCommand(ground, 'worktree') });
  if (runsTarget(ground, stageOf('worktree').target) || found.head === ground.head) return found.head;
  throw sluiceError('WORKTREE_MOVED', {
    ...{ path: ground.worktree, expected: ground.head, found: found.head },
    ...{ misspelt: unknownDependencies(ground), command: stageCommand(ground, 'production') },
  });
}

const receiptsOf = ({ checkout }: Ground) => createReceiptStore(checkout, () => '');

/** CI systems see what the stage ended with, and nothing of an earlier run; that must not hide the error itself. */
async function reportError(
  ground: Ground,
  stage: StageName,
  reasons: string[],
  times: Receipt['times'],
): Promise<void> {
  const { project, projectRoot } = ground;
  const result: CheckResult = {
    ...{ check: stage, tool: 'sluice', version: '1', status: 'fail', reason: reasons.join('; ') },
    ...{ findings: [], figures: {}, durationMs: times.durationMs },
  };
  const told = { stage, project, verdict: 'fail' as const, reasons, checks: [result], times };
  await receiptsOf(ground)
    .report(told, `${projectRoot}/sluice.json`)
    .catch(() => undefined);
}

/** A failure is written down as well, where there is a worktree to write to; that must not hide the failure itself. */
async function reportFailure(ground: Ground, failure: Failure): Promise<void> {
  const { writeFailureReport } = await import('./failure-report');
  await writeFailureReport(ground, failure).catch(() => undefined);
}

/** What a stage does on Ctrl-C or SIGTERM: it stops what it does itself; a rollout goes on in the host. */
function endOnSignals() {
  const controller = new AbortController();
  const end = (name: NodeJS.Signals) => {
    controller.abort(new Error(`ended by ${name}`));
    process.exitCode = 130;
  };
  process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', end);
  return {
    signal: controller.signal,
    release: () => void process.off('SIGINT', end).off('SIGTERM', end).off('SIGHUP', end),
  };
}
