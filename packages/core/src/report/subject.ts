import type { Instant } from '../analysis/figures';
import { pipeline, stagesBefore, type StageName } from '../pipeline';
import { isUnedited, type Receipt } from '../receipt';
import { nameOf, type ReleaseRef } from '../release';
import type { EnvironmentState, Rollout } from '../rollout/model';

export interface ReportInput {
  project: string;
  commit: string;
  states: { staging: EnvironmentState | null; production: EnvironmentState | null };
  /** Of the stages, as found: some may be of an earlier run. */
  receipts: readonly Receipt[];
  /** The stage that ended this run; `null` while none has. */
  failure: { stage: string; reasons: string[] } | null;
  now: Instant;
}

/** The one release that a report is about, and of all that was found only what belongs to it. */
export interface Subject {
  /** `null` when the run ended before there was a release. */
  release: ReleaseRef | null;
  receipts: Map<string, Receipt>;
  /** The rollout that deploys the release; `null` where the environment's latest rollout is another. */
  staging: Rollout | null;
  production: Rollout | null;
  /** A rollout that took the release out of production again. */
  takenBack: Rollout | null;
  /** What was found and left out, and why. */
  notices: string[];
}

export function subjectOf(input: ReportInput): Subject {
  const { states, failure } = input;
  const sorted = currentReceipts(input);
  const id = releaseOf(input, sorted.kept);
  const own = new Map<string, Receipt>();
  const notices = [...sorted.notices];
  for (const [stage, receipt] of sorted.kept) {
    const found = releaseIn(receipt);
    if (found === null || found === id) own.set(stage, receipt);
    else notices.push(`The receipt of ${stage} is for release ${found} and is left out.`);
  }
  const rolloutOf = (state: EnvironmentState | null) => {
    const rollout = state?.rollout ?? null;
    return rollout?.plan.kind === 'deploy' && rollout.plan.release.id === id ? rollout : null;
  };
  const latest = states.production?.rollout ?? null;
  const takenBack = latest?.plan.kind === 'rollback' && id !== null && latest.plan.from?.id === id ? latest : null;
  for (const state of [states.staging, states.production]) {
    const rollout = state?.rollout;
    if (rollout && rollout !== takenBack && !rolloutOf(state) && (id !== null || !failure)) {
      const what = `${rollout.plan.kind === 'deploy' ? 'deployment' : 'rollback'} of ${state.environment}`;
      notices.push(`The latest ${what} is of release ${nameOf(rollout.plan.release)}: its figures are left out.`);
    }
  }
  const release =
    id === null
      ? null
      : (knownReleases(states).find((known) => known.id === id) ?? { id, commit: input.commit, configuration: null });
  return {
    release,
    receipts: own,
    staging: rolloutOf(states.staging),
    production: rolloutOf(states.production),
    takenBack,
    notices,
  };
}

/** Leaves out what was edited, what a failure shows to be older than this run, and what builds on other evidence. */
function currentReceipts({ project, receipts, failure }: ReportInput) {
  const kept = new Map<string, Receipt>();
  const notices: string[] = [];
  const order = [...pipeline.map(({ name }): string => name), 'verify'];
  for (const stage of order) {
    const receipt = receipts.find((found) => found.stage === stage);
    if (!receipt) continue;
    const problem = problemOf(receipt, { project, receipts, failure }, kept);
    if (problem) notices.push(`The receipt of ${stage} is left out: ${problem}.`);
    else kept.set(stage, receipt);
  }
  return { kept, notices };
}

function problemOf(
  receipt: Receipt,
  { project, receipts, failure }: Pick<ReportInput, 'project' | 'receipts' | 'failure'>,
  kept: ReadonlyMap<string, Receipt>,
): string | null {
  if (receipt.project !== project) return `it is of the project ${receipt.project}`;
  if (!isUnedited(receipt)) return 'it was edited after it was made';
  if (failure && comesAfter(receipt.stage, failure.stage))
    return `it is older than this run, which ended at ${failure.stage}`;
  if (failure?.stage === receipt.stage && receipt.verdict !== 'fail') return 'it is of an earlier run, this one failed';
  if (!('builtOn' in receipt.subject)) return null;
  for (const [stage, digest] of Object.entries(receipt.subject.builtOn)) {
    const found = receipts.find((other) => other.stage === stage);
    if (found && found.digest !== digest) return `it builds on another receipt of ${stage}, so it is of another run`;
    if (found && !kept.has(stage)) return `it builds on the receipt of ${stage}, which is left out`;
  }
  return null;
}

const comesAfter = (stage: string, earlier: string): boolean => {
  const row = pipeline.find(({ name }) => name === stage);
  const before: { name: string }[] = row ? stagesBefore(row.name) : [...pipeline];
  return before.some(({ name }) => name === earlier);
};

/**
 * Whose report it is: the rollout that is being published; else that of the first receipt with a release, as a run
 * replaces the receipts from the front; else, for want of receipts, the latest rollout, if this commit's.
 */
function releaseOf({ states, commit, failure }: ReportInput, kept: ReadonlyMap<string, Receipt>): string | null {
  const rollouts = [states.production, states.staging].flatMap((state) => state?.rollout ?? []);
  const published = rollouts.find(({ phase }) => phase.name === 'publishing');
  if (published && !failure) return subjectIdOf(published);
  for (const receipt of kept.values()) {
    const release = releaseIn(receipt);
    if (release !== null) return release;
  }
  const isRolloutStage = !failure || rolloutStages.includes(failure.stage);
  const match = rollouts.find(({ plan }) => plan.release.commit === commit || !failure);
  return isRolloutStage && match ? subjectIdOf(match) : null;
}

const rolloutStages: readonly string[] = ['staging', 'canary', 'production', 'verify'] satisfies (
  StageName | 'verify'
)[];

/** A rollback is about the release that it takes out. */
const subjectIdOf = ({ plan }: Rollout): string =>
  plan.kind === 'rollback' ? (plan.from?.id ?? plan.release.id) : plan.release.id;

const releaseIn = ({ subject }: Receipt): string | null => ('release' in subject ? subject.release : null);

const knownReleases = ({ staging, production }: ReportInput['states']): ReleaseRef[] =>
  [production, staging].flatMap((state) =>
    state
      ? [state.rollout?.plan.release, state.rollout?.plan.from, state.stable, state.previous?.release].flatMap(
          (release) => release ?? [],
        )
      : [],
  );
