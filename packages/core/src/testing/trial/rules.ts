import { addArms, armsOf, emptyArm, type Arms } from '../../analysis/arms';
import { summarise, type Instant, type Interval, type Summary } from '../../analysis/figures';
import { aConfig } from '../builders';
import { dispersionFrom, type InstanceCell } from '../../analysis/sequential/history';
import { mannWhitneyJudge, type MannWhitneyState } from '../../analysis/mann-whitney/mann-whitney';
import { mannWhitneyDefaults } from '../../analysis/mann-whitney/settings';
import { sequentialJudge, type SequentialSettings, type SequentialState } from '../../analysis/sequential';

/** What is said of a canary after an interval; `null`: nothing yet. */
export type Said = 'abort' | 'promote' | null;

/** A way to decide about a canary, as it is tried: told of each interval of one run. */
export interface Rule {
  name: string;
  /** Begins anew where the split changes, as each step of a rollout does. */
  isOfSteps: boolean;
  /** Says `promote`, too. */
  promotes: boolean;
  open(history: () => InstanceCell[]): (interval: Interval) => Said;
}

const minute = 60_000;

/** Sluice's own. */
export const sequentialRule = (settings: SequentialSettings, name = 'sequential', cap?: number): Rule => ({
  name,
  ...{ isOfSteps: true, promotes: true },
  open(history) {
    const judge = sequentialJudge({ ...settings, noData: 3 * minute }, cap);
    let state: SequentialState | null = null;
    const start = (at: Instant): SequentialState => {
      const fresh = judge.start(at);
      if (settings.robust.dispersion !== 'auto') return fresh;
      return { ...fresh, dispersion: dispersionFrom(history(), settings.latency.quantiles) };
    };
    return (interval) => {
      state = judge.observe(state ?? start(interval.from), interval);
      const { abort, promote } = judge.evidence(state, interval.to);
      if (abort.verdict === 'fail') return 'abort';
      return promote.verdict === 'pass' && interval.to - state.startedAt >= 5 * minute ? 'promote' : null;
    };
  },
});

/** Kayenta's judge, as Sluice has it by default: a look every five minutes, any of which may end it. */
const mannWhitneyRule: Rule = {
  name: 'Mann-Whitney',
  ...{ isOfSteps: true, promotes: true },
  open() {
    const judge = mannWhitneyJudge({ ...mannWhitneyDefaults, noData: 3 * minute });
    let state: MannWhitneyState | null = null;
    return (interval) => {
      state = judge.observe(state ?? judge.start(interval.from), interval);
      const { abort, promote } = judge.evidence(state, interval.to);
      if (abort.verdict === 'fail') return 'abort';
      return promote.verdict === 'pass' ? 'promote' : null;
    };
  },
};

/** Figures gathered until `every` ms have passed, then looked at once. */
function gathered(every: number, look: (canary: Summary, baseline: Summary) => Said) {
  let arms: Arms = { canary: emptyArm, baseline: emptyArm };
  return (interval: Interval): Said => {
    const next = armsOf(interval);
    arms = { canary: addArms(arms.canary, next.canary), baseline: addArms(arms.baseline, next.baseline) };
    if (interval.to % every !== 0) return null;
    const said = look(summarise([arms.canary]), summarise([arms.baseline]));
    arms = { canary: emptyArm, baseline: emptyArm };
    return said;
  };
}

const isAbove = (own: number | null, other: number | null, ratio: number): boolean =>
  own !== null && other !== null && own > other * ratio;

/** `error rate <= baseline, latency <= baseline + 10 %` */
const isWorse = (canary: Summary, baseline: Summary): boolean =>
  isAbove(canary.errorRate, baseline.errorRate, 1) || isAbove(canary.p95, baseline.p95, 1.1);

/** The seven-stage description's triggers, looked at every ten seconds: errors +50 %, latency +100 %. */
const literalRule: Rule = {
  name: 'triggers, 10 s',
  ...{ isOfSteps: false, promotes: false },
  open: () =>
    gathered(10_000, (canary, baseline) =>
      isAbove(canary.errorRate, baseline.errorRate, 1.5) || isAbove(canary.p95, baseline.p95, 2) ? 'abort' : null,
    ),
};

/** As an analysis with a failure limit is used: a look each minute, more than `limit` bad ones in all end it. */
const failureLimitRule = (limit: number): Rule => ({
  name: `failure limit ${limit}`,
  ...{ isOfSteps: false, promotes: false },
  open() {
    let bad = 0;
    return gathered(minute, (canary, baseline) => {
      bad += isWorse(canary, baseline) ? 1 : 0;
      return bad > limit ? 'abort' : null;
    });
  },
});

/** As a threshold of failed checks is used: a look each minute, so many bad ones in a row end it. */
const consecutiveRule = (threshold: number): Rule => ({
  name: `${threshold} in a row`,
  ...{ isOfSteps: false, promotes: false },
  open() {
    let bad = 0;
    return gathered(minute, (canary, baseline) => {
      bad = isWorse(canary, baseline) ? bad + 1 : 0;
      return bad >= threshold ? 'abort' : null;
    });
  },
});

/** All that are compared, Sluice's default first. */
export const trialRules: readonly Rule[] = [
  sequentialRule(aConfig().canary),
  literalRule,
  failureLimitRule(3),
  consecutiveRule(5),
  consecutiveRule(10),
  mannWhitneyRule,
];
