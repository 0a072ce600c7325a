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

const down = (log: number): number => Math.floor(log * 1e6) / 1e6;
