import type { Histogram } from '../histogram';
import { mergeHistograms } from '../histogram';
import { bet, noBets, worthOf, type Bets } from './bets';
import { errorEvidence, errorRatios, type Counts, type Margin } from './errors';
import { exceedanceEvidence, oddsRatios } from './exceedance';
import { logMeanExp } from './grid';
import { slowCounts, slownessOf } from './latency';
import type { Layout } from '../layout';

/** Evidence of one metric, or of one quantile: to abort with restarts, to promote as sums. Plain JSON. */
export interface Sides {
  abort: Bets;
  /** Sums of logarithms, one for each alternative. */
  promote: number[];
}

export const noEvidence: Sides = { abort: noBets, promote: [] };

/** How much is believed of an interval. */
export interface Trust {
  /** Logarithms are divided by it: how much more there is than chance alone makes. */
  dispersion: number;
  /** What one interval may add at most to the evidence to abort. */
  cap: number;
  /** Marks that have passed when the interval begins. */
  marks: number;
}

function add(sides: Sides, abort: number[], promote: number[], { dispersion, cap, marks }: Trust): Sides {
  const capped = abort.map((log) => Math.min(cap, log / dispersion));
  return {
    abort: bet(sides.abort, capped, marks),
    promote: promote.map((log, i) => (sides.promote[i] ?? 0) + log / dispersion),
  };
}

export interface Margins {
  abort: Margin;
  promote: Margin;
}

/** Adds the errors of an interval. */
export const addErrors = (sides: Sides, counts: Counts, { abort, promote }: Margins, trust: Trust): Sides =>
  add(
    sides,
    errorRatios.abort.map((times) => errorEvidence(counts, abort, times)),
    errorRatios.promote.map((times) => errorEvidence(counts, promote, times)),
    trust,
  );

/** One interval of latency, and what the baseline answered in those before it. */
export interface Latencies {
  canary: Histogram;
  baseline: Histogram;
  past: Histogram;
  layout: Layout;
}

/** Adds one quantile of latency of an interval. */
export function addLatency(
  sides: Sides,
  { canary, baseline, past, layout }: Latencies,
  quantile: number,
  ratios: { abort: number; promote: number },
  trust: Trust,
): Sides {
  const logs = (side: 'abort' | 'promote') => {
    const slow = slownessOf(past, quantile, ratios[side], side, layout);
    if (!slow) return oddsRatios[side].map(() => 0);
    const counts = slowCounts(canary, baseline, slow);
    return oddsRatios[side].map((odds) => exceedanceEvidence(counts, slow.q, odds));
  };
  return add(sides, logs('abort'), logs('promote'), trust);
}

/** The logarithm of what one metric says for abort: the mean over its quantiles. */
export const abortWorth = (quantiles: readonly Sides[]): number =>
  logMeanExp(quantiles.map(({ abort }) => worthOf(abort)));

/** The logarithm of what one metric says for promotion, as it is now. */
export function promoteWorth(quantiles: readonly Sides[]): number {
  const logs = quantiles.flatMap(({ promote }) => promote);
  return logs.length > 0 ? logMeanExp(logs) : 0;
}

/** The past of the baseline in buckets that are no finer than `factor`, so that a state stays small. */
export function remember(past: Histogram, baseline: Histogram, factor: number): Histogram {
  const coarse = new Map<number, number>();
  for (const [edge, count] of baseline) {
    const end = edge > 0 ? factor ** Math.ceil(Math.log(edge) / Math.log(factor) - rounding) : 0;
    coarse.set(end, (coarse.get(end) ?? 0) + count);
  }
  return mergeHistograms([past, [...coarse].sort(([a], [b]) => a - b)]);
}

const rounding = 1e-9;
