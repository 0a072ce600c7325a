import type { Config } from '../config/schema';
import { inconclusive } from '../gates/gate';
import type { Instant, Interval } from './figures';
import type { Asked, Evidence } from './judge';
import { odds, sequentialJudge, worthsOf, type SequentialSettings, type SequentialState } from './sequential';
import { thresholdJudge, type ThresholdSettings, type ThresholdState } from './threshold';

/** How a step is judged, fixed when its rollout begins. `interval` and `noData` in ms. */
export type JudgeSettings = { interval: number; noData: number } & (
  ({ method: 'threshold' } & ThresholdSettings) | ({ method: 'sequential' } & SequentialSettings)
);

/** What of the configuration its method goes by. */
export function judgeSettings({ method, interval, noData, threshold, ...canary }: Config['canary']): JudgeSettings {
  if (method === 'threshold') return { method, interval, noData, ...threshold };
  const { alpha, beta, errors, latency, robust } = canary;
  return { method, interval, noData, alpha, beta, errors, latency, robust };
}

/** The evidence of a step, by the method that gathers it. */
export type JudgeState = ({ method: 'threshold' } & ThresholdState) | ({ method: 'sequential' } & SequentialState);

/** `from`: since when figures count, by their own clock. */
export function startJudge(settings: JudgeSettings, at: Instant, from: Instant): JudgeState {
  return settings.method === 'threshold'
    ? { method: 'threshold', ...thresholdJudge(settings).start(at) }
    : { method: 'sequential', ...sequentialJudge(settings).start(at, from) };
}

/** Adds one interval of the step. Intervals come in order, each once. */
export function addEvidence(settings: JudgeSettings, state: JudgeState, interval: Interval): JudgeState {
  if (settings.method === 'threshold' && state.method === 'threshold')
    return { ...thresholdJudge(settings).observe(state, interval), method: 'threshold' };
  if (settings.method === 'sequential' && state.method === 'sequential')
    return { ...sequentialJudge(settings).observe(state, interval), method: 'sequential' };
  return state;
}

/** What the evidence so far says, at `now`. */
export function evidenceOf(settings: JudgeSettings, state: JudgeState, now: Instant, asked: Asked): Evidence {
  if (settings.method === 'threshold' && state.method === 'threshold')
    return thresholdJudge(settings).evidence(state, now);
  if (settings.method === 'sequential' && state.method === 'sequential')
    return sequentialJudge(settings).evidence(state, now, asked);
  const other = inconclusive([`the evidence is of the method ${state.method}, not of ${settings.method}`]);
  return { abort: other, promote: other };
}

/** What speaks against the release and for it so far, in a few words. */
export function standingOf(settings: JudgeSettings, state: JudgeState): { against: string; forIt: string } {
  if (settings.method === 'threshold' && state.method === 'threshold')
    return { against: `${state.triggered} of ${settings.failures}`, forIt: state.last?.gate.verdict ?? 'no check yet' };
  if (settings.method !== 'sequential' || state.method !== 'sequential') return { against: '', forIt: '' };
  const { against, worths } = worthsOf(state, settings);
  return { against: odds(against), forIt: odds(Math.min(worths.errors, worths.latency)) };
}
