import { formatInstant } from '../instant';
import { pipeline } from '../pipeline';
import { nameOf } from '../release';
import { barrierOf } from '../rollout/barrier';
import type { EnvironmentState, Outcome, Rollout } from '../rollout/model';
import { inline, paragraph } from './markdown';
import { currentStep, knownOutcome, stepName, trafficOf } from './standing';
import type { ReportInput, Subject } from './subject';

/** How it went, at the top of the report: one sentence, and the reason below it where that takes several lines. */
export function outcomeSentence(subject: Subject, input: ReportInput): string[] {
  const [first, ...more] = sentences(subject, input);
  return [...(first === undefined ? [] : [first, '']), ...more.flatMap(paragraph)];
}

function sentences({ release, staging, production, takenBack }: Subject, input: ReportInput): string[] {
  const { states, failure } = input;
  const name = release ? nameOf(release) : 'The commit';
  if (takenBack) {
    const back = `${inline(takenBack.plan.by)} took ${name} out of production again and went back to ${nameOf(takenBack.plan.release)}`;
    return [`**Rolled back by hand.** ${back} (${standingWords(takenBack)}).`];
  }
  const outcome = production && knownOutcome(production);
  if (production && outcome) return endSentences(name, production, outcome, states.production, failure);
  if (failure)
    return [
      ...withReason(`**Failed** at ${titleOf(failure.stage)}`, failure.reasons.join('\n')),
      unchanged(states.production),
    ];
  if (production) return [runningSentence(name, production, input)];
  const staged = staging && knownOutcome(staging);
  if (staging && staged) {
    if (staged.result !== 'done') return withReason(`**Failed** in staging`, staged.reason);
    return [`**In staging.** ${name} passed gate 1; it is not in production. ${unchanged(states.production)}`];
  }
  if (staging) return [`**Under way.** ${name} is being deployed to staging.`];
  return [`**Not deployed.** ${unchanged(states.production)}`];
}

function endSentences(
  name: string,
  rollout: Rollout,
  outcome: Outcome,
  state: EnvironmentState | null,
  failure: ReportInput['failure'],
): string[] {
  const live = state?.stable
    ? `${nameOf(state.stable)} serves 100 % of production traffic.`
    : 'Production serves nothing.';
  const step = rollout.plan.steps[Math.max(0, rollout.steps.length - 1)];
  const reached = rollout.steps.length && step ? ` at ${stepName(step)}` : ' before it had traffic';
  if (outcome.result === 'rolled-back') return [...withReason(`**Rolled back**${reached}`, outcome.reason), live];
  if (outcome.result === 'failed') return [...withReason(`**Failed**${reached}`, outcome.reason), live];
  const share = state ? trafficOf(state, rollout.plan.release.id) : null;
  const traffic = share === null ? 'an unknown share' : `${share} %`;
  const done = `**Deployed.** ${name} serves ${traffic} of production traffic since ${formatInstant(outcome.at)}.`;
  if (!failure) return [done];
  return [...withReason(`${done} The run failed after that, at ${titleOf(failure.stage)}`, failure.reasons.join('\n'))];
}

function runningSentence(name: string, rollout: Rollout, { project, now, states }: ReportInput): string {
  const current = currentStep(rollout, now);
  if (current?.waiting === 'person') {
    const why = rollout.steps.at(-1)?.gate?.reasons.join('; ') ?? 'it is not known why';
    return `**Held.** ${name} holds ${current.step.traffic} % of production traffic until a person decides: ${inline(why)}. \`nx run ${project}:deploy-promote\` goes on, \`nx run ${project}:deploy-rollback\` goes back.`;
  }
  const barrier = barrierOf({ rollout, unfrozen: states.production?.unfrozen ?? null }, now);
  if (barrier) {
    const share =
      rollout.phase.name === 'parked'
        ? 'has no traffic yet'
        : `holds ${current?.step.traffic ?? '?'} % of production traffic`;
    return `**Waiting.** ${name} ${share}: ${inline(barrier.words)}.`;
  }
  if (current?.waiting) {
    return `**Waiting.** The canary of ${name} passed and holds ${current.step.traffic} % of production traffic; \`nx run ${project}:deploy-prod\` goes on.`;
  }
  return `**Under way.** ${name}: ${current ? `${stepName(current.step)}, step ${current.number} of ${current.of}` : rollout.phase.name}.`;
}

/** A short reason ends the sentence, log lines stand below it. */
const withReason = (sentence: string, reason: string): string[] =>
  reason.includes('\n') || !reason
    ? [`${sentence}.`, ...(reason ? [reason] : [])]
    : [`${sentence}: ${inline(reason).replace(/\.?$/, '.')}`];

const unchanged = (state: EnvironmentState | null): string =>
  state?.stable ? `Production still runs ${nameOf(state.stable)}.` : 'Nothing is in production.';

const standingWords = (rollout: Rollout): string => {
  const outcome = knownOutcome(rollout);
  return outcome ? `${outcome.result}, ${formatInstant(outcome.at)}` : 'under way';
};

const titleOf = (stage: string): string => (pipeline.find(({ name }) => name === stage)?.title ?? stage).toLowerCase();
