import { oddityOf, withoutStable } from '../../analysis/arms';
import type { JudgeSettings } from '../../analysis/methods';
import { summarise, type Instant, type Interval, type SlotFigures, type Summary } from '../../analysis/figures';
import type { EnvironmentState, Event, Rollout, Watching } from '../../rollout/model';
import type { Plan, Step } from '../../rollout/plan';
import { keptBy } from './consent-rules';
import { latestLook } from './second-opinion-mann-whitney';
import { weighed } from './second-opinion-sequential';

export type Observed = Extract<Event, { type: 'observed' }>;

type Thresholds = Extract<JudgeSettings, { method: 'threshold' }>;

/** A watched step with all that it was told, as it came. */
export interface Watched {
  plan: Plan;
  step: Step;
  opened: Instant;
  /** Since when its figures count, by their own clock. */
  from: Instant;
  /** When it must have come to a conclusion. */
  deadline: Instant;
  waiting: Watching['waiting'];
  /** Somebody lets it go on without a conclusion. */
  isPromoted: boolean;
  told: readonly Observed[];
  approvals: Rollout['approvals'];
  unfrozen: EnvironmentState['unfrozen'];
  /** The latest moment of all. */
  now: Instant;
}

export type Verdict =
  'stay' | 'wait' | 'advance' | 'hold' | 'extend' | 'promote' | 'back: release' | 'back: world' | 'back: person';

/**
 * What is to come of a step, worked out from all that it was told at once and not from one interval to the next, as the code under
 * test does: the two must agree.
 */
export function secondOpinion(watched: Watched): Verdict {
  const { plan, step, told, opened, deadline, waiting, isPromoted } = watched;
  const last = told.at(-1);
  if (!last) return 'stay';
  const { at } = last;
  const above = aboveCeiling(watched);
  const down = last.health
    .filter(({ healthy }) => healthy === 0)
    .map(({ name }) => ({ name, since: downSince(told, name) }));
  const restarts = restartsOf(last) - restartsOf(told[0]);
  if (above && at - above.since >= plan.hard.for && above.requests >= plan.hard.minRequests) return 'back: release';
  if (down.some(({ since }) => at - since >= plan.hard.serviceDown) || restarts >= 3) return 'back: release';

  if (step.judged && plan.judge.method === 'threshold' && errorsOf(watched) > plan.judge.consecutiveErrorLimit)
    return 'back: world';
  const fresh = new Set(freshOf(watched));
  const [blind] = endRun(told, (one) => !fresh.has(one));
  if (blind) return at - blind.at > plan.judge.noData ? 'back: world' : 'stay';

  const isTimeOver = at - opened >= step.minDuration;
  const isAlarming = down.some(({ name }) => name === plan.release.id) || (above && at - above.since < plan.hard.for);
  if (!step.judged) return isTimeOver && !isAlarming ? 'advance' : 'stay';

  const { isAgainst, isRefused, isFor } = weightOf(watched);
  if (isAgainst) return 'back: release';
  if (!isTimeOver) return 'stay';
  const isSilent = armsOf(watched).some((arm) => at - lastSeen(watched, arm) > plan.judge.noData);
  if (!isSilent && isRefused) return 'back: release';
  if (waiting === 'person') return 'stay';
  if ((!isSilent && isFor) || isPromoted) {
    if (isAlarming) return 'stay';
    const { baseline } = last;
    const isWhole = baseline !== undefined && baseline.wanted > 0 && baseline.healthy === baseline.wanted;
    if (plan.steps[plan.steps.indexOf(step) + 1]?.baseline !== undefined && !isWhole && !waitsFor(watched))
      return (!isSilent && isFor) || at < deadline ? 'stay' : 'hold';
    const kept = waitsFor(watched);
    return kept ? (waiting === kept ? 'stay' : 'wait') : 'advance';
  }
  if (waiting) return waitsFor(watched) ? 'stay' : 'extend';
  if (at < deadline) return 'stay';
  if (plan.onInconclusive === 'rollback') return 'back: world';
  const isHeard = [plan.release.id, plan.from?.id].every((release) =>
    usableOf(watched).some((one) => ofRelease(one, release).some(({ requests }) => requests > 0)),
  );
  return plan.onInconclusive === 'promote' && (isSilent || !isHeard) ? 'hold' : plan.onInconclusive;
}

/** What keeps a step that has passed from being followed by another. */
export function waitsFor(watched: Watched): 'goal' | 'approval' | 'freeze' | null {
  const { step, plan, now } = watched;
  if (step.stage === 'canary' && plan.goal === 'canary') return 'goal';
  return keptBy(watched, plan.steps.indexOf(step) + 1, now);
}

/** The slots that are compared. */
type Arm = (interval: Observed['interval']) => SlotFigures[];

const armsOf = ({ plan, step }: Watched): [canary: Arm, baseline: Arm] => {
  const slot = step.baseline === undefined ? 'stable' : 'baseline';
  return [
    ({ slots }) => slots.filter(({ release }) => release === plan.release.id),
    ({ slots }) => slots.filter((one) => one.release === plan.from?.id && one.slot === slot),
  ];
};

/** What is worked out of a watched step, which never changes, is worked out once. */
function once<T extends object>(work: (watched: Watched) => T): (watched: Watched) => T {
  const known = new WeakMap<Watched, T>();
  return (watched) => {
    const found = known.get(watched) ?? work(watched);
    known.set(watched, found);
    return found;
  };
}

/**
 * What the judge is told of the fresh observations: nothing of stable beside a fresh baseline, and of those nothing that began before
 * this was last seen to have been down.
 */
const toldOf = once((watched): { one: Observed; interval: Interval; isOdd: boolean }[] => {
  let to = watched.from;
  return freshOf(watched).map((one) => {
    const isBlind = one.interval.from < illUntil(watched, one);
    const told = isBlind ? { ...one.interval, slots: [], metrics: {} } : one.interval;
    const interval = watched.step.baseline === undefined ? told : withoutStable(told);
    const isOdd = oddityOf(interval, to) !== null;
    if (!isOdd) to = interval.to;
    return { one, interval, isOdd };
  });
});

/** When, up to an observation, a fresh baseline was last seen to be down or to have been. */
function illUntil({ told, step }: Watched, last: Observed): Instant {
  if (step.baseline === undefined) return 0;
  const ill = told.slice(0, told.indexOf(last) + 1).filter(({ baseline }, at) => {
    const earlier = told.slice(0, at).flatMap((one) => one.baseline?.restarts ?? []);
    const known = earlier.at(-1) ?? 0;
    return !baseline || baseline.wanted === 0 || baseline.healthy < baseline.wanted || baseline.restarts !== known;
  });
  return ill.at(-1)?.at ?? 0;
}

/** What the judge goes by. */
export const heardOf = once((watched): Observed[] =>
  toldOf(watched)
    .filter(({ isOdd }) => !isOdd)
    .map(({ one, interval }) => ({ ...one, interval })),
);

/** What the evidence says, by the method of the plan. */
function weightOf(watched: Watched): { isAgainst: boolean; isRefused: boolean; isFor: boolean } {
  const { judge } = watched.plan;
  if (judge.method === 'sequential') {
    const { against, forIt, requests, isSplitWrong, isMissing } = weighed(watched, judge);
    // evidence of a service's own metrics is kept in few digits, rounded down
    const most = Object.keys(judge.metrics).length > 0 ? 1 + 1e-3 : 1;
    const isFor = watched.step.stage === 'canary' ? forIt >= most / judge.beta && !isMissing : requests > 0;
    return { isAgainst: against >= most / judge.alpha, isRefused: false, isFor: isFor && !isSplitWrong };
  }
  if (judge.method === 'mann-whitney') {
    const said = latestLook(watched, judge)?.classification;
    const isFor = said === 'pass' || (said === 'marginal' && watched.step.stage !== 'canary');
    return { isAgainst: said === 'fail', isRefused: said === 'fail', isFor };
  }
  const checks = checksOf(watched, judge);
  const last = checks.at(-1);
  const row = (is: (check: Check) => boolean): number => endRun(checks, is).length;
  return {
    isAgainst: row(({ isTriggered }) => isTriggered) > judge.failureLimit,
    isRefused: row(({ isTriggered, gate }) => isTriggered || gate === 'fail') > judge.inconclusiveLimit,
    isFor: last?.gate === 'pass' && !last.isTriggered,
  };
}

/** Readings in a row, up to the latest, that had no usable figures. What brings nothing new is no reading of either kind. */
function errorsOf(watched: Watched): number {
  const fresh = new Set(freshOf(watched));
  const odd = new Set(toldOf(watched).flatMap(({ one, isOdd }) => (isOdd ? one : [])));
  const readings = watched.told.filter((one) => fresh.has(one) || one.missing);
  return endRun(readings, (one) => odd.has(one) || !fresh.has(one)).length;
}

/** Observations that brought figures which can be true. */
export const usableOf = once((watched): Observed[] => {
  let to = watched.from;
  return freshOf(watched).filter(({ interval }) => {
    if (oddityOf(interval, to)) return false;
    to = interval.to;
    return true;
  });
});

/** Observations that brought something new. */
export const freshOf = once(({ told, from }): Observed[] => {
  let known = from;
  return told.filter(({ interval }) => {
    const isFresh = interval.to > known;
    known = Math.max(known, interval.to);
    return isFresh;
  });
});

/** What stands at the end without a break. */
function endRun<T>(items: readonly T[], isPart: (item: T) => boolean): T[] {
  const backwards = [...items].reverse();
  const end = backwards.findIndex((item) => !isPart(item));
  return backwards.slice(0, end < 0 ? items.length : end).reverse();
}

const ofRelease = ({ interval }: Observed, release: string | undefined): SlotFigures[] =>
  interval.slots.filter((slot) => slot.release === release);

/** The unbroken run of intervals above the ceiling. */
export function aboveCeiling(watched: Watched): { since: Instant; requests: number; errors: number } | null {
  const { plan } = watched;
  const busy = usableOf(watched)
    .map((one) => ({ since: one.interval.from, ...summarise(ofRelease(one, plan.release.id)) }))
    .filter(({ requests }) => requests > 0);
  const run = endRun(busy, ({ errors, requests }) => errors > plan.hard.errorRateAbove * requests);
  const [first] = run;
  const sum = (pick: (one: (typeof run)[number]) => number) => run.reduce((total, one) => total + pick(one), 0);
  return first ? { since: first.since, requests: sum((one) => one.requests), errors: sum((one) => one.errors) } : null;
}

/** Since when a service, or all instances of a release, are down. */
export const downSince = (told: readonly Observed[], service: string): Instant =>
  endRun(told, ({ health }) => health.some(({ name, healthy }) => name === service && healthy === 0))[0]?.at ??
  Infinity;

const restartsOf = (one: Observed | undefined): number =>
  (one?.health ?? []).reduce((sum, { restarts }) => sum + restarts, 0);

function lastSeen(watched: Watched, arm: Arm): Instant {
  const seen = heardOf(watched).filter(({ interval }) => arm(interval).some(({ requests }) => requests > 0));
  return seen.at(-1)?.interval.to ?? watched.opened;
}

/** One comparison of the two releases, by what was gathered for it. */
export interface Check {
  canary: Summary;
  baseline: Summary;
  isTriggered: boolean;
  gate: 'pass' | 'fail' | 'inconclusive';
}

/** Intervals are put together until both releases have the requests that a check needs. */
export function checksOf(watched: Watched, judge: Thresholds): Check[] {
  const checks: Check[] = [];
  let waiting: Observed[] = [];
  for (const one of heardOf(watched)) {
    waiting.push(one);
    const [canary, baseline] = armsOf(watched).map((arm) =>
      summarise(waiting.flatMap(({ interval }) => arm(interval))),
    );
    if (!canary || !baseline || Math.min(canary.requests, baseline.requests) < judge.minRequests) continue;
    const isWorse = ({ errors, latency }: Thresholds['promote']): boolean =>
      canary.errors / canary.requests > (baseline.errors / baseline.requests) * errors.ratio + errors.absolute ||
      (canary.p95 !== null &&
        baseline.p95 !== null &&
        canary.p95 > baseline.p95 * latency.ratio &&
        canary.p95 > baseline.p95 + latency.absolute);
    const isKnown = canary.p95 !== null && baseline.p95 !== null;
    checks.push({
      ...{ canary, baseline },
      isTriggered: isWorse(judge.rollback),
      gate: isWorse(judge.promote) ? 'fail' : isKnown ? 'pass' : 'inconclusive',
    });
    waiting = [];
  }
  return checks;
}
