import { access } from 'node:fs/promises';
import { join } from 'node:path';
import {
  nameOf,
  phase5Check,
  readinessCheck,
  retryCommand,
  runChecks,
  sluiceError,
  verdictOf,
  type CheckResult,
  type ReadinessItem,
  type Receipt,
} from '@sluice/core';
import { targetChecks } from '@sluice/adapters/checks';
import { createStateStore, readPhase5In } from '@sluice/adapters/files';
import { clock } from '../stage/clock';
import { commandOf } from '../stage/ground';
import type { StageResult, StageRun } from '../stage/run-stage';
import { sayNested } from '../stage/say';
import { targetsOf } from './build';
import { compareWithLive } from './regression';

/** All tests pass in the worktree, and the production readiness score is high enough. */
export async function readiness(run: StageRun): Promise<StageResult> {
  const { config, evidence, project, root, worktree, signal } = run;
  if (!evidence) throw new RangeError('the readiness stage needs the receipts before it');
  const { release, receipts } = evidence;
  const state = await createStateStore(root).load(project, 'production');
  if (state?.stable?.id === release.id) {
    return { verdict: 'pass', reasons: [`${nameOf(release)} is live already: nothing to check`] };
  }
  const refusal = state?.refused.find((refused) => refused.release === release.id);
  if (refusal) {
    const command = retryCommand(commandOf(run, 'deploy-retry'), release.id);
    throw sluiceError('RELEASE_REFUSED', { ...refusal, command });
  }

  const { targets, allowNoTests, minScore } = config.readiness;
  const tests = await runChecks(
    targetChecks({ targets, allowNoTests, onLine: sayNested }),
    { worktree, project, targets: targetsOf(run) },
    { clock, signal },
  );
  const items = itemsOf(
    run,
    tests,
    receipts.security,
    await hasReadme(run),
    state?.previous !== null && state !== null,
  );
  const scores = await runChecks([readinessCheck()], { items, minScore }, { clock, signal });
  const checks = [...tests, ...(await phase5Checks(run)), ...(await compareWithLive(run)), ...scores];
  return { ...verdictOf(checks, { required: ['readiness'] }), checks, figures: scores[0]?.figures ?? {} };
}

/** What phase 5 said; a team that has no such phase hears nothing of it. */
async function phase5Checks({ root, worktree, config, signal }: StageRun): Promise<CheckResult[]> {
  const { requirePhase5: required, minScore } = config.pipeline;
  const phase5 = await readPhase5In(root, worktree, minScore);
  if (phase5.standing === 'absent' && !required) return [];
  return runChecks([phase5Check()], { phase5, required }, { clock, signal });
}

function itemsOf(
  { config }: StageRun,
  tests: CheckResult[],
  security: Receipt | undefined,
  readme: boolean,
  wasReplaced: boolean,
): ReadinessItem[] {
  const failing = tests.filter(({ status }) => status === 'fail');
  const item = (
    name: string,
    group: ReadinessItem['group'],
    ok: boolean | null,
    evidence: string,
    raise: string,
  ): ReadinessItem => ({
    ...{ name, group, ok, evidence, raise },
  });
  return [
    item(
      'tests pass',
      'testing',
      failing.length === 0,
      `${tests.length - failing.length} of ${tests.length} checks`,
      'mend the failing targets',
    ),
    item(
      'security',
      'security',
      security?.verdict === 'pass' || security?.verdict === 'warn',
      security?.reasons.join('; ') ?? 'unknown',
      'mend the findings of the security stage',
    ),
    item('health check', 'operations', true, `${config.runtime.health.path} answered during the load test`, ''),
    item(
      'metrics',
      'operations',
      Boolean(config.runtime.metrics),
      config.runtime.metrics?.path ?? 'none',
      'name runtime.metrics in sluice.json',
    ),
    item(
      'smoke tests',
      'operations',
      Boolean(config.smoke),
      config.smoke?.join(' ') ?? 'none',
      'name "smoke" in sluice.json',
    ),
    item(
      'way back',
      'operations',
      wasReplaced || null,
      wasReplaced ? 'an earlier release is kept' : 'first release',
      '',
    ),
    item('readme', 'documentation', readme, readme ? 'README.md' : 'none', 'write a README.md for the project'),
  ];
}

const hasReadme = ({ worktree, projectRoot }: StageRun): Promise<boolean> =>
  access(join(worktree, projectRoot, 'README.md')).then(
    () => true,
    () => false,
  );
