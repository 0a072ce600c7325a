import type { Histogram } from '../../histogram';
import { remember } from '../latency';
import type { Strand } from '../strand';

/** Neighbouring buckets of what is remembered differ by so much: ten metrics must fit into a state. */
const memory = 1.1;

/** A histogram in few buckets. */
export const coarsely = (histogram: Histogram): Histogram =>
  remember([], histogram, memory).map(([edge, count]) => [Number(edge.toPrecision(6)), count]);

/** A strand in fewer digits. Rounded down: less evidence is still evidence, either way. */
export const shortly = ({ abort, promote, bounds, reach }: Strand): Strand => ({
  abort: { ...abort, logs: abort.logs.map(down) },
  promote: promote.map(down),
  bounds: { above: bounds.above.map(down), below: bounds.below.map(down) },
  reach,
});

/** What lies far from every decision needs no more than two digits. */
const down = (log: number): number => {
  const digits = Math.abs(log) < 100 ? 1e5 : 1e2;
  return Math.floor(log * digits) / digits;
};
