import type { Config, MetricKind } from '../config/schema';
import { inconclusive } from '../gates/gate';
import type { Instant, Interval } from './figures';
import type { Asked, Evidence, Judge, Standing } from './judge';
import { mannWhitneyJudge, type MannWhitneyState } from './mann-whitney/mann-whitney';
import { sequentialJudge, type SequentialSettings, type SequentialState } from './sequential';
import { dispersionFrom, type Dispersion, type InstanceCell } from './sequential/history';
import { thresholdJudge, type ThresholdSettings, type ThresholdState } from './threshold';

/** How a step is judged, fixed when its rollout begins. `interval` and `noData` in ms. */
export type JudgeSettings = { interval: number; noData: number } & (
  | ({ method: 'threshold' } & ThresholdSettings)
  | ({ method: 'sequential' } & SequentialSettings)
  | ({ method: 'mann-whitney' } & Config['canary']['mannWhitney'])
);

/** What of the configuration its method goes by. */
export function judgeSettings({ method, interval, noData, ...canary }: Config['canary']): JudgeSettings {
  if (method === 'threshold') return { method, interval, noData, ...canary.threshold };
  if (method === 'mann-whitney') return { method, interval, noData, ...canary.mannWhitney };
  const { alpha, beta, errors, latency, metrics, robust } = canary;
  return { method, interval, noData, alpha, beta, errors, latency, metrics, robust };
}

/** The evidence of a step, by the method that gathers it. */
export type JudgeState =
  | ({ method: 'threshold' } & ThresholdState)
  | ({ method: 'sequential' } & SequentialState)
  | ({ method: 'mann-whitney' } & MannWhitneyState);

/** As a judge's `start`. */
export function startJudge(settings: JudgeSettings, at: Instant, from: Instant, share: number | null): JudgeState {
  switch (settings.method) {
    case 'threshold':
      return { method: 'threshold', ...thresholdJudge(settings).start(at, from) };
    case 'sequential':
      return { method: 'sequential', ...sequentialJudge(settings).start(at, from, share) };
    case 'mann-whitney':
      return { method: 'mann-whitney', ...mannWhitneyJudge(settings).start(at, from) };
  }
}

/** A judge that has evidence already. */
export interface Gathered {
  /** Adds one interval of the step. Intervals come in order, each once. */
  observe(interval: Interval): JudgeState;
  /** As a judge's `miss`. */
  miss(reason: string): JudgeState;
  /** What the evidence so far says, at `now`. */
  evidence(now: Instant, asked: Asked): Evidence;
  standing(): Standing;
}

/** The judge that these settings make, with the evidence that it gathered so far. */
export function gathered(settings: JudgeSettings, state: JudgeState): Gathered {
  if (settings.method === 'threshold' && state.method === 'threshold')
    return bound(thresholdJudge(settings), state, (next) => ({ ...next, method: 'threshold' }));
  if (settings.method === 'sequential' && state.method === 'sequential')
    return bound(sequentialJudge(settings), state, (next) => ({ ...next, method: 'sequential' }));
  if (settings.method === 'mann-whitney' && state.method === 'mann-whitney')
    return bound(mannWhitneyJudge(settings), state, (next) => ({ ...next, method: 'mann-whitney' }));
  const other = inconclusive([`the evidence is of the method ${state.method}, not of ${settings.method}`]);
  return {
    observe: () => state,
    miss: () => state,
    evidence: () => ({ abort: other, promote: other }),
    standing: () => ({ against: 'unknown', forIt: 'unknown' }),
  };
}

const bound = <State>(judge: Judge<State>, state: State, named: (next: State) => JudgeState): Gathered => ({
  observe: (interval) => named(judge.observe(state, interval)),
  miss: (reason) => named(judge.miss?.(state, reason) ?? state),
  evidence: (now, asked) => judge.evidence(state, now, asked),
  standing: () => judge.standing(state),
});

/** What the method wants services to tell of themselves, by name. */
export const metricsWanted = (settings: JudgeSettings): Record<string, MetricKind> =>
  settings.method === 'sequential'
    ? Object.fromEntries(Object.entries(settings.metrics).map(([name, { kind }]) => [name, kind]))
    : {};

/** Whether the method goes by what the baseline answered before the step, and has not been told of it yet. */
export const asksHistory = (state: JudgeState): boolean => state.method === 'sequential' && state.dispersion === null;

/** What the method takes from history; `null` where it goes by none. */
export const readHistory = (settings: JudgeSettings, cells: readonly InstanceCell[]): Dispersion | null =>
  settings.method === 'sequential' ? dispersionFrom(cells, settings.latency.quantiles) : null;

/** Tells it, once; what is not known (`null`) is assumed. Before the first interval, so that no figure chooses how it is weighed. */
export function tellHistory(settings: JudgeSettings, state: JudgeState, dispersion: Dispersion | null): JudgeState {
  if (settings.method !== 'sequential' || state.method !== 'sequential' || state.dispersion !== null) return state;
  return { ...state, dispersion: dispersion ?? dispersionFrom([], settings.latency.quantiles) };
}
