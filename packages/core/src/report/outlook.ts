import { readHistory } from '../analysis/methods';
import type { InstanceCell } from '../analysis/sequential/history';
import type { EnvironmentState } from '../rollout/model';
import { slotOf, type Plan } from '../rollout/plan';
import { transition } from '../rollout/transition';
import { expectedInterval, sharesOf, type Expected } from './expected-interval';
import { assumedTraffic, pastTraffic, type PastTraffic } from './past-traffic';
import { idealMetrics } from './ideal-metrics';
import { beginWatching, healthy } from './rehearsal';

/** How soon the canary's verdict can come. Times in ms from its first request, rates in requests a second. */
export interface Outlook {
  method: Plan['judge']['method'];
  traffic: number;
  maxDurationMs: number;
  /** How long a time the figures of production are of; `null`: none were kept, and what the cases say is assumed. */
  observedMs: number | null;
  cases: OutlookCase[];
}

export interface OutlookCase {
  requestsPerSecond: number;
  /** The part of them that Sluice sends itself. */
  syntheticPerSecond: number;
  errorRate: number;
  clean: Ending;
  /** Five times the errors; 1 % where there are none. */
  worseErrorRate: number;
  worse: Ending;
}

/** `on`: it goes on; `back`: it is sent back for its figures; `none`: it comes to no conclusion. */
export interface Ending {
  end: 'on' | 'back' | 'none';
  afterMs: number;
  reason: string;
}

/** By expected counts of what the instances of stable answered, `until`: the number of this minute. `null`: nothing is compared. */
export function outlookOf(plan: Plan, cells: readonly InstanceCell[], until: number): Outlook | null {
  const step = plan.steps[0];
  if (!step?.judged || !plan.from) return null;
  const past = pastTraffic(cells, until);
  const traffics = past ? [past] : [1, 10, 100].map(assumedTraffic);
  return {
    ...{ method: plan.judge.method, traffic: step.traffic, maxDurationMs: step.maxDuration },
    observedMs: past?.overMs ?? null,
    cases: traffics.map((each) => caseOf(plan, each, cells)),
  };
}

function caseOf(plan: Plan, traffic: PastTraffic, cells: readonly InstanceCell[]): OutlookCase {
  const { requestsPerSecond, errorRate } = traffic;
  const worseErrorRate = errorRate > 0 ? Math.min(1, 5 * errorRate) : 0.01;
  const syntheticPerSecond = plan.synthetic?.rate ?? 0;
  return {
    ...{ requestsPerSecond, syntheticPerSecond, errorRate, worseErrorRate },
    clean: played(plan, traffic, errorRate, cells),
    worse: played(plan, traffic, worseErrorRate, cells),
  };
}

/** Plays a canary with so many errors through the state machine, as far as its verdict. */
function played(plan: Plan, traffic: PastTraffic, errorRate: number, cells: readonly InstanceCell[]): Ending {
  const [step] = plan.steps;
  const [share, fresh] = [(step?.traffic ?? 0) / 100, (step?.baseline ?? 0) / 100];
  const old = { release: plan.from?.id ?? '', errorRate: traffic.errorRate };
  const expected: Expected = {
    rate: traffic.requestsPerSecond + (plan.synthetic?.rate ?? 0),
    latency: traffic.latency,
    slots: [
      { slot: slotOf(plan), release: plan.release.id, share, errorRate },
      { slot: 'stable', share: 1 - share - fresh, ...old },
      ...(fresh > 0 ? [{ slot: 'baseline' as const, share: fresh, ...old }] : []),
    ],
  };
  const shares = sharesOf(expected.latency);
  const start = 0;
  const timeOver = start + (plan.steps[0]?.minDuration ?? 0);
  // whatever the policy is: without a verdict in its time there is none
  let state = beginWatching({ ...plan, onInconclusive: 'rollback' }, start);
  let [from, index] = [start, 0];
  for (; isWatching(state); index += 1) {
    // later intervals are longer, a hundredth of the time so far: so a day is played in a second, and is right to 1 %
    const next = from + Math.max(plan.judge.interval, Math.ceil((from - start) / 100));
    const to = from < timeOver ? Math.min(next, Math.max(timeOver, from + plan.judge.interval)) : next;
    const counted = expectedInterval(expected, shares, { from, to, start, index });
    const [own, ...others] = counted.slots;
    // nothing is known of metrics of one's own: they hold
    const interval = own ? { ...counted, ...idealMetrics(plan, own, others) } : counted;
    const history = index === 0 ? { history: readHistory(plan.judge, cells) } : {};
    const seen = { health: [], ...(fresh > 0 && { baseline: healthy(old.release) }), ...history };
    state = transition(state, { type: 'observed', at: to, interval, ...seen });
    from = to;
  }
  const { phase } = state.rollout ?? {};
  if (phase?.name !== 'withdrawing') return { end: 'on', afterMs: from - start, reason: '' };
  const { cause, reason } = phase.outcome;
  return { end: cause === 'release' ? 'back' : 'none', afterMs: from - start, reason };
}

const isWatching = ({ rollout }: EnvironmentState): boolean =>
  rollout?.phase.name === 'watching' && rollout.phase.step === 0 && !rollout.phase.waiting;
