import { addBounds, errorTimes, latencyTimes, leastOdds, noBounds, type Bounds } from './bounds';
import { bet, noBets, worthOf, type Bets } from './bets';
import { errorEvidence, errorRatios, type Counts, type Margin } from './errors';
import { exceedanceEvidence, oddsRatios } from './exceedance';
import { logMeanExp } from './grid';
import { slowCounts, slownessOf, type Latencies, type Reach } from './latency';

/** The evidence of one thing that is asked: an error rate, or one quantile of a latency. Plain JSON. */
export interface Strand {
  /** With restarts. */
  abort: Bets;
  /** Sums of logarithms, one for each alternative. */
  promote: number[];
  bounds: Bounds;
  /** The ratios that the buckets of the last interval let it tell; `null` for a rate, and before there is a past. */
  reach: Reach | null;
}

export const noStrand: Strand = { abort: noBets, promote: [], bounds: noBounds, reach: null };

/** How much is believed of an interval. */
export interface Trust {
  /** Logarithms are divided by it: how much more there is than chance alone makes. */
  dispersion: number;
  /** What one interval may add at most to the evidence to abort. */
  cap: number;
  /** Marks that have passed when the interval begins. */
  marks: number;
}

/** Adds the logarithms of what an interval says, one for each alternative. */
export function addBets(
  { abort, promote }: Strand,
  against: number[],
  forIt: number[],
  { dispersion, cap, marks }: Trust,
) {
  const capped = against.map((log) => Math.min(cap, log / dispersion));
  return {
    abort: bet(abort, capped, marks),
    promote: forIt.map((log, i) => (promote[i] ?? 0) + log / dispersion),
  };
}

export interface Margins {
  abort: Margin;
  promote: Margin;
}

/** Adds the errors of an interval. `past`: all that was counted before it. */
export function addErrors(
  strand: Strand,
  counts: Counts,
  past: Counts,
  { abort, promote }: Margins,
  trust: Trust,
): Strand {
  const rate = ({ hits, of }: Counts['canary']) => (hits + 0.5) / (of + 1);
  const guess = rate(past.canary) / rate(past.baseline);
  const bounds = addBounds(
    strand.bounds,
    errorTimes,
    (ratio, side) => {
      const times = side === 'above' ? Math.max(leastOdds, guess / ratio) : Math.min(1 / leastOdds, guess / ratio);
      return errorEvidence(counts, { ratio, absolute: 0 }, times);
    },
    trust.dispersion,
  );
  const against = errorRatios.abort.map((times) => errorEvidence(counts, abort, times));
  const forIt = errorRatios.promote.map((times) => errorEvidence(counts, promote, times));
  return { ...addBets(strand, against, forIt, trust), bounds, reach: null };
}

/** Adds one quantile of latency of an interval. */
export function addLatency(
  strand: Strand,
  latencies: Latencies,
  quantile: number,
  ratios: { abort: number; promote: number },
  trust: Trust,
): Strand {
  const slowness = slownessOf(latencies.past.baseline, quantile, latencies.layout);
  const evidence = (ratio: number, side: 'abort' | 'promote', odds: readonly number[]) => {
    if (!slowness) return odds.map(() => 0);
    const counts = slowCounts(latencies, slowness, ratio, side);
    return odds.map((times) => exceedanceEvidence(counts, slowness.q, times));
  };
  const against = evidence(ratios.abort, 'abort', oddsRatios.abort);
  const forIt = evidence(ratios.promote, 'promote', oddsRatios.promote);
  if (!slowness) return { ...addBets(strand, against, forIt, trust), bounds: strand.bounds, reach: strand.reach };

  const before = latencies.past.canary;
  const guess = (edge: number) => {
    const share = (before.above(edge) + 0.5) / (before.count + 1);
    return ((share / (1 - share)) * (1 - slowness.q)) / slowness.q;
  };
  const bounds = addBounds(
    strand.bounds,
    latencyTimes,
    (ratio, side) => {
      const isAbove = side === 'above';
      const odds = guess(slowness.edge * ratio);
      const times = isAbove
        ? Math.min(most, Math.max(leastOdds, odds))
        : Math.max(1 / most, Math.min(1 / leastOdds, odds));
      const counts = slowCounts(latencies, slowness, ratio, isAbove ? 'abort' : 'promote');
      return exceedanceEvidence(counts, slowness.q, times);
    },
    trust.dispersion,
  );
  const told = (side: 'abort' | 'promote') => {
    const ratio = slowness.limit(ratios[side], side) / slowness.edge;
    return Number.isFinite(ratio) ? ratio : null;
  };
  return {
    ...addBets(strand, against, forIt, trust),
    bounds,
    reach: { abort: told('abort'), promote: told('promote') },
  };
}

const most = 20;

/** The logarithm of what one metric says for abort: the mean over its strands. */
export const abortWorth = (strands: readonly Strand[]): number =>
  logMeanExp(strands.map(({ abort }) => worthOf(abort)));

/** The logarithm of what one metric says for promotion, as it is now. */
export function promoteWorth(strands: readonly Strand[]): number {
  const logs = strands.flatMap(({ promote }) => promote);
  return logs.length > 0 ? logMeanExp(logs) : 0;
}
