import { join } from 'node:path';
import {
  formatReadiness,
  nameOf,
  phase5Check,
  readinessCheck,
  readinessItems,
  readinessRows,
  retryCommand,
  runChecks,
  scoreReadiness,
  sluiceError,
  verdictOf,
  type CheckResult,
  type ReadinessFacts,
  type ReadinessItem,
} from '@sluice/core';
import { ownCheck, targetChecks } from '@sluice/adapters/checks';
import { createStateStore } from '@sluice/adapters/files';
import { withDependencies } from '../inference/content-paths';
import { clock } from '../stage/clock';
import { commandOf } from '../stage/ground';
import type { StageResult, StageRun } from '../stage/run-stage';
import { sayNested } from '../stage/say';
import { targetsOf } from './build';
import { readinessFacts } from './readiness-facts';
import { compareWithLive } from './regression';

/** All tests pass in the worktree, phase 5 does not object, and the production readiness score is high enough. */
export async function readiness(run: StageRun): Promise<StageResult> {
  const { config, evidence, project, root, worktree, signal, say } = run;
  if (!evidence) throw new RangeError('the readiness stage needs the receipts before it');
  const { release } = evidence;
  const state = await createStateStore(root).load(project, 'production');
  if (state?.stable?.id === release.id) {
    return { verdict: 'pass', reasons: [`${nameOf(release)} is live already: nothing to check`] };
  }
  const refusal = state?.refused.find((refused) => refused.release === release.id);
  if (refusal) {
    const command = retryCommand(commandOf(run, 'deploy-retry'), release.id);
    throw sluiceError('RELEASE_REFUSED', { ...refusal, command });
  }

  const { targets, allowNoTests, minScore, weights } = config.readiness;
  const tests = await runChecks(
    targetChecks({ targets, allowNoTests, onLine: sayNested }),
    { worktree, project, targets: targetsOf(run), dependencies: dependenciesOf(run) },
    { clock, signal },
  );
  const facts = await readinessFacts(run, tests);
  const items = [...readinessItems(facts, config), ...(await ownItems(run))];
  const found = scoreReadiness(items, { minScore, weights });
  say(formatReadiness(found));
  const scores = await runChecks([readinessCheck()], found, { clock, signal });
  const deciding = [...tests, ...(await phase5Checks(run, facts)), ...(await compareWithLive(run)), ...scores];
  const figures = scores[0]?.figures ?? {};
  return {
    ...verdictOf(deciding, { required: ['readiness'] }),
    checks: [...deciding, ...readinessRows(found)],
    figures,
  };
}

/** What phase 5 said; a team that has no such phase hears nothing of it. */
async function phase5Checks({ config, signal }: StageRun, { phase5 }: ReadinessFacts): Promise<CheckResult[]> {
  const { requirePhase5: required } = config.pipeline;
  if (phase5.standing === 'absent' && !required) return [];
  return runChecks([phase5Check()], { phase5, required }, { clock, signal });
}

/** The checks of a team's own, as items of the score. */
async function ownItems({ config, worktree, projectRoot, signal }: StageRun): Promise<ReadinessItem[]> {
  const { checks } = config.readiness;
  const folder = join(worktree, projectRoot);
  const own = checks.map((check) => ownCheck({ ...check, onLine: sayNested }));
  const results = await runChecks(own, { folder }, { clock, signal });
  return results.map(({ check: name, status, reason }, at) => {
    const { group = 'operations', command = [] } = checks[at] ?? {};
    return { name, group, ok: status === 'pass', evidence: reason, raise: `mend what "${command.join(' ')}" says` };
  });
}

/** The projects that this one depends on, with their targets. */
const dependenciesOf = ({ context: { projectGraph }, project }: StageRun) =>
  [...withDependencies(projectGraph, project)]
    .filter((name) => name !== project)
    .sort()
    .map((name) => ({ name, targets: Object.keys(projectGraph.nodes[name]?.data.targets ?? {}) }));
