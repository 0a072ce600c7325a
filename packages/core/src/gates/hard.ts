import type { Instant, Interval } from '../analysis/figures';
import { summarise } from '../analysis/figures';
import { formatDuration } from '../config/duration';
import type { HardSettings } from '../config/schema';
import type { Health } from '../health';
import { formatAmount } from './compare';
import { failed, passed, type GateResult } from './gate';

/** What the hard gates remember between intervals. */
export interface HardState {
  /** The unbroken run of intervals above the ceiling. */
  ceiling: { since: Instant; requests: number; errors: number } | null;
  /** Since when each workload or critical service is down. */
  down: Record<string, Instant>;
  /** Restarts of the release's instances before the step. */
  restartsBefore: number | null;
}

export const startHard: HardState = { ceiling: null, down: {}, restartsBefore: null };

/** So many restarts of one step's instances mean that the release does not stay up. */
const restartLimit = 3;

export function observeHard(
  state: HardState,
  settings: HardSettings,
  release: string,
  interval: Interval,
  health: readonly Health[],
  at: Instant,
): HardState {
  const { requests, errors } = summarise(interval.slots.filter((slot) => slot.release === release));
  const above = errors > requests * settings.errorRateAbove;
  const running = state.ceiling ?? { since: interval.from, requests: 0, errors: 0 };
  return {
    ceiling: above
      ? { since: running.since, requests: running.requests + requests, errors: running.errors + errors }
      : requests > 0
        ? null
        : state.ceiling,
    down: Object.fromEntries(health.filter((h) => h.healthy === 0).map((h) => [h.name, state.down[h.name] ?? at])),
    restartsBefore: state.restartsBefore ?? restartsOf(health),
  };
}

/** The ceilings that act at every share of traffic, without a baseline. */
export function hardGate(state: HardState, settings: HardSettings, health: readonly Health[], at: Instant): GateResult {
  const reasons: string[] = [];
  const { ceiling } = state;
  if (ceiling && at - ceiling.since >= settings.for && ceiling.requests >= settings.minRequests) {
    const rate = formatAmount(ceiling.errors / ceiling.requests, 'share');
    const limit = formatAmount(settings.errorRateAbove, 'share');
    reasons.push(`error rate ${rate} is above the ceiling of ${limit} for ${formatDuration(at - ceiling.since)}`);
  }
  for (const [name, since] of Object.entries(state.down)) {
    if (at - since < settings.serviceDown) continue;
    const why = health.find((h) => h.name === name)?.reason;
    reasons.push(`${name} is down for ${formatDuration(at - since)}${why ? `: ${why}` : ''}`);
  }
  const restarts = restartsOf(health) - (state.restartsBefore ?? 0);
  if (restarts >= restartLimit) reasons.push(`instances of the release ended and were restarted ${restarts} times`);
  return reasons.length ? failed(reasons) : passed(['no hard ceiling is exceeded']);
}

const restartsOf = (health: readonly Health[]): number => health.reduce((sum, h) => sum + h.restarts, 0);
