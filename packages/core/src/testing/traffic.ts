import type { SlotFigures } from '../analysis/figures';
import type { Behaviour } from './behaviour';
import { drawLatencies } from './latencies';
import { hashOf, seededRandom } from './random';
import type { Part } from './simulated-metrics';

/** Requests a second of users and of Sluice itself, before the split. */
export interface Rates {
  users: number;
  synthetic: number;
}

/** Cells that were counted before: tests of crashes live through the same minute hundreds of times. */
const known = new Map<string, SlotFigures>();
const mostKnown = 10_000;

/** What one slot answers in one cell: the same for the same seed and cell, whoever asks and how often. */
export function serve(part: Part, rates: Rates, behaviour: Behaviour, isUp: boolean, seed: number): SlotFigures {
  const { errorRate, latency } = behaviour;
  const key = JSON.stringify([part.slot, part.from, part.to, rates, errorRate, latency, isUp, seed]);
  const figures = known.get(key) ?? count(part, rates, behaviour, isUp, seed);
  if (known.size >= mostKnown) known.clear();
  known.set(key, figures);
  return figures;
}

/** The same, counted anew. */
export function count(
  { slot, from, to }: Part,
  rates: Rates,
  behaviour: Behaviour,
  isUp: boolean,
  seed: number,
): SlotFigures {
  const random = seededRandom(seed, from, hashOf(`${slot.slot}/${slot.release}`));
  const share = (slot.weight / 100) * ((to - from) / 1000);
  const synthetic = random.poisson(rates.synthetic * share);
  const requests = random.poisson(rates.users * share) + synthetic;
  const { slot: name, release } = slot;
  if (!isUp) return { slot: name, release, requests, errors: requests, synthetic, latency: [] };
  const errors = random.binomial(requests, behaviour.errorRate);
  const latency = drawLatencies(requests, behaviour.latency, random);
  return { slot: name, release, requests, errors, synthetic, latency };
}
