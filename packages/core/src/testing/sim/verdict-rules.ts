import { summarise } from '../../analysis/figures';
import type { EnvironmentState, Event, Rollout } from '../../rollout/model';
import { formatDuration } from '../../config/duration';
import type { Margins } from '../../gates/compare';
import type { GateResult } from '../../gates/gate';
import {
  aboveCeiling,
  downSince,
  checksOf,
  secondOpinion,
  usableOf,
  waitsFor,
  type Check,
  type Observed,
  type Verdict,
  type Watched,
} from './second-opinion';
import type { Broken } from './step-rules';

/** The watched step of a state, as far as everything that it was told is known. */
export function follow(
  watched: Watched | null,
  before: EnvironmentState,
  event: Event,
  after: EnvironmentState,
): Watched | null {
  const next = followed(watched, before, event, after);
  return next && { ...next, approvals: after.rollout?.approvals ?? [], unfrozen: after.unfrozen, now: after.at };
}

function followed(watched: Watched | null, before: EnvironmentState, event: Event, after: EnvironmentState) {
  const { rollout } = after;
  if (rollout?.phase.name !== 'watching') return null;
  if (event.type === 'shifted' && before.rollout?.phase.name === 'shifting') return opened(rollout, event);
  if (!watched) return null;
  const anew = event.at + watched.step.maxDuration;
  if (event.type === 'observed') {
    const { waiting, deadline } = rollout.phase;
    const isPromoted = rollout.steps.at(-1)?.promotedBy != null;
    const told = [...watched.told, event];
    return { ...watched, told, waiting, isPromoted, deadline: deadline === watched.deadline ? deadline : anew };
  }
  if (event.type === 'promote' && watched.waiting === 'person') return { ...watched, waiting: null, isPromoted: true };
  if (event.type !== 'goal') return watched;
  const plan = { ...watched.plan, goal: event.goal };
  if (event.goal === 'canary' || watched.waiting !== 'goal') return { ...watched, plan };
  return { ...watched, plan, waiting: null, deadline: anew };
}

function opened({ plan, steps }: Rollout, { at, since }: Extract<Event, { type: 'shifted' }>): Watched | null {
  const step = plan.steps[steps.length - 1];
  if (!step) return null;
  return {
    plan,
    step,
    opened: at,
    from: since,
    deadline: at + step.maxDuration,
    waiting: null,
    isPromoted: false,
    told: [],
    approvals: [],
    unfrozen: null,
    now: at,
  };
}

/** What became of a step that was told something more. */
export function* verdictRules(
  before: Watched,
  event: Observed,
  { rollout, at: now }: EnvironmentState,
): Generator<Broken> {
  if (!rollout) return;
  const watched = { ...before, told: [...before.told, event], now };
  const [said, right] = [verdictOf(before, rollout), secondOpinion(watched)];
  if (said !== right) yield ['a verdict is what the figures say', `it is "${said}", by all figures "${right}"`];
  const { plan, opened } = watched;
  const waiting = rollout.phase.name === 'watching' ? rollout.phase.waiting : null;
  if (said === 'wait' && waiting !== waitsFor(watched))
    yield ['a verdict is what the figures say', `it waits for ${waiting}`];
  const earliest = before.told.at(-1)?.at ?? opened;
  if (event.at < earliest + plan.judge.interval)
    yield ['a step is looked at once an interval', `${event.at - earliest} ms`];
  const names = [plan.release.id, ...plan.services.map(({ name }) => name)];
  if (event.health.map(({ name }) => name).join() !== names.join())
    yield ['the health of all that matters is looked at', event.health.map(({ name }) => name).join()];
  if (rollout.phase.name === 'verifying') {
    const since = plan.environment === 'staging' ? rollout.startedAt : Math.max(opened, event.at - plan.hard.for);
    if (rollout.phase.since !== since) yield ['a verification looks at its time', `since ${rollout.phase.since}`];
  }
  if (rollout.phase.name === 'watching') {
    const to = Math.max(watched.from, ...watched.told.map(({ interval }) => interval.to));
    if (rollout.phase.observedTo !== to) yield ['evidence is counted once', `up to ${rollout.phase.observedTo}`];
  }
  yield* recordRules(watched, rollout, said);
}

function verdictOf(before: Watched, { phase, steps }: Rollout): Verdict {
  if (phase.name === 'withdrawing') return `back: ${phase.outcome.cause}`;
  if (phase.name !== 'watching') return 'advance';
  if (phase.waiting !== before.waiting && phase.waiting) return phase.waiting === 'person' ? 'hold' : 'wait';
  if (!before.isPromoted && steps.at(-1)?.promotedBy) return 'promote';
  return phase.deadline === before.deadline ? 'stay' : 'extend';
}

const verdicts: Record<Verdict, readonly string[]> = {
  stay: ['pass', 'inconclusive'],
  wait: ['pass'],
  hold: ['inconclusive'],
  extend: ['inconclusive'],
  promote: ['inconclusive'],
  advance: ['pass'],
  'back: person': [],
  'back: release': ['fail'],
  'back: world': ['inconclusive'],
};

/** The record of a step says how it was decided, by which figures, and what is odd about them. */
function* recordRules(watched: Watched, { steps, phase }: Rollout, said: Verdict): Generator<Broken> {
  const rule = 'the record of a step is what was seen';
  const record = steps.at(-1);
  const gate = record?.gate;
  const last = watched.told.at(-1);
  if (!record || !gate || !last) {
    yield [rule, 'there is none'];
    return;
  }
  const isLetThrough = watched.isPromoted && gate.verdict === 'inconclusive' && ['wait', 'advance'].includes(said);
  if (!verdicts[said].includes(gate.verdict) && !isLetThrough)
    yield [rule, `"${said}" by a gate that says ${gate.verdict}`];
  const isOver = said === 'advance' || said.startsWith('back');
  if (record.until !== (isOver ? last.at : null)) yield [rule, `it ends at ${record.until}`];

  const all = usableOf(watched).flatMap(({ interval }) => interval.slots);
  const [seen, kept] = [all, record.slots].map((slots) => summarise(slots));
  if (JSON.stringify(seen) !== JSON.stringify(kept))
    yield [rule, `${JSON.stringify(kept)}, not ${JSON.stringify(seen)}`];
  const named = new Set(record.slots.map(({ slot, release }) => `${slot} ${release}`));
  if (
    named.size !== record.slots.length ||
    named.size !== new Set(all.map(({ slot, release }) => `${slot} ${release}`)).size
  )
    yield [rule, `it has ${record.slots.length} slots`];
  const own = all.filter(({ release }) => release === watched.plan.release.id);
  const [total, got] = [all, own].map((slots) => summarise(slots).requests);
  const isOdd = isFarFrom(watched.step.traffic / 100, total ?? 0, got ?? 0);
  if (isOdd !== (record.finding !== null)) yield [rule, `${got} of ${total} requests: ${record.finding}`];

  yield* wordRules(watched, gate, said);
  if (phase.name === 'withdrawing' && phase.outcome.reason !== gate.reasons.join('; '))
    yield [rule, phase.outcome.reason];
  const missing = last.missing?.message ?? '';
  const isBlind = gate.reasons[0]?.startsWith('no figures for') ?? false;
  if (isBlind && missing && !gate.reasons[0]?.endsWith(missing)) yield [rule, `without "${missing}"`];
  const left = watched.step.minDuration - (last.at - watched.opened);
  if (
    said === 'stay' &&
    watched.step.judged &&
    left > 0 &&
    !isBlind &&
    gate.reasons[0] !== `${formatDuration(left)} left`
  )
    yield [rule, `${left} ms are left: ${gate.reasons[0]}`];
  const compared = gate.comparisons.map(({ ok }) => ok);
  const isCompared = watched.step.judged && watched.plan.judge.method === 'threshold';
  if (said === 'advance' && isCompared && !isLetThrough && compared.join() !== 'true,true')
    yield [rule, `it went on by ${compared.join()}`];
}

/** More than one request beyond four standard deviations of a binomial count. */
function isFarFrom(share: number, total: number, got: number): boolean {
  const far = Math.abs(got - total * share) - 1;
  return far > 0 && far ** 2 > 16 * total * share * (1 - share);
}

/** What a gate says is true of the figures: what was compared, what is down, what ended. */
function* wordRules(watched: Watched, { reasons, comparisons }: GateResult, said: Verdict): Generator<Broken> {
  const rule = 'what a gate says is what was seen';
  const text = reasons.join('; ');
  const { judge } = watched.plan;
  const last = judge.method === 'threshold' ? checksOf(watched, judge).at(-1) : undefined;
  if (last && judge.method === 'threshold' && comparisons.length > 0) {
    const [errors, latency] = comparisons;
    const { canary, baseline } = last;
    if (errors?.unit !== 'share' || errors.value !== canary.errorRate || errors.baseline !== baseline.errorRate)
      yield [rule, `errors ${JSON.stringify(errors)}`];
    if (latency?.unit !== 'ms' || latency.value !== canary.p95 || latency.baseline !== baseline.p95)
      yield [rule, `latency ${JSON.stringify(latency)}`];
    const limits = [judge.promote, judge.rollback].map((margin) => limitsOf(last, margin));
    if (!limits.includes(`${errors?.limit} and ${latency?.limit}`))
      yield [rule, `limits ${errors?.limit}, ${latency?.limit}`];
    const shown = [percent(canary.errorRate ?? 0), canary.p95 === null ? 'unknown' : `${canary.p95.toFixed(1)} ms`];
    for (const [index, { metric, ok }] of comparisons.entries()) {
      const isSaid =
        said === 'back: release' ? ok === false && !isHard(text) : !/no data|without usable figures/.test(text);
      const due = ok === null ? ': nothing to compare' : ` ${shown[index]} is ${ok ? 'within' : 'above'} its limit of`;
      if (!metric || (isSaid && !text.includes(`${metric}${due}`))) yield [rule, `"${text}" without "${metric}${due}"`];
    }
  }
  const above = aboveCeiling(watched);
  if (text.includes('error rate') && text.includes('the ceiling of') && above) {
    const { hard } = watched.plan;
    const long = formatDuration((watched.told.at(-1)?.at ?? 0) - above.since);
    const rate = percent(above.errors / above.requests);
    const due = `error rate ${rate} is above the ceiling of ${percent(hard.errorRateAbove)} for ${long}`;
    if (!reasons.includes(due)) yield [rule, `${text}, not ${due}`];
  }
  if (said !== 'back: release') return;
  const { at } = watched.told.at(-1) ?? { at: 0 };
  for (const { name, healthy, wanted, restarts, reason, crash } of watched.told.at(-1)?.health ?? []) {
    const isOwn = name === watched.plan.release.id;
    const since = healthy === 0 ? downSince(watched.told, name) : Infinity;
    const isLong = at - since >= watched.plan.hard.serviceDown;
    const down = `${name} is down for ${formatDuration(at - since)}${reason === null ? '' : `: ${reason}`}`;
    if (isLong ? !reasons.includes(down) : text.includes(`${name} is down`))
      yield [rule, `"${text}" without "${down}"`];
    if (!isOwn) continue;
    if ((crash !== undefined) !== text.includes('out of memory')) yield [rule, `its last words: ${text}`];
    if (comparisons.length === 0) continue;
    const isIll = restarts === 0 && healthy < wanted;
    if (isIll !== text.includes(`${healthy} of ${wanted} instances healthy`))
      yield [rule, `${healthy} healthy: ${text}`];
    if (restarts > 0 !== text.includes('its instances ended')) yield [rule, `${restarts} restarts: ${text}`];
    if (restarts > 1 && !text.includes(`ended ${restarts} times`)) yield [rule, `${restarts} restarts: ${text}`];
    if (restarts === 1 && !text.includes('ended once')) yield [rule, `one restart: ${text}`];
  }
}

function limitsOf({ baseline }: Check, { errors, latency }: Margins): string {
  const share = baseline.errorRate === null ? null : baseline.errorRate * errors.ratio + errors.absolute;
  const high = baseline.p95 === null ? null : Math.max(baseline.p95 * latency.ratio, baseline.p95 + latency.absolute);
  return `${share} and ${high}`;
}

const isHard = (text: string): boolean => /above the ceiling|is down|were restarted/.test(text);
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
