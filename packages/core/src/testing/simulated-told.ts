import type { CustomFigures } from '../analysis/custom-figures';
import type { MetricKind } from '../config/schema';
import type { Telling } from './behaviour';
import { drawLatencies, latencyLayout } from './latencies';
import { hashOf, seededRandom } from './random';
import type { Part } from './simulated-metrics';

/** One cell of one slot: the metrics that its route wants, as far as its release tells them, the same for the same seed. */
export function tell(
  { slot, from, to }: Part,
  wanted: Readonly<Record<string, MetricKind>>,
  requests: number,
  tells: Readonly<Record<string, Telling>>,
  seed: number,
): Record<string, CustomFigures> {
  const told = Object.keys(wanted).flatMap((name): [string, CustomFigures][] => {
    const model = tells[name];
    if (model === undefined || model.kind !== wanted[name] || requests === 0) return [];
    const random = seededRandom(seed, from, to, hashOf(`${slot.slot}/${slot.release}/${name}`));
    const whose = { slot: slot.slot, release: slot.release };
    switch (model.kind) {
      case 'ratio':
        return [
          [name, { kind: 'ratio', slots: [{ ...whose, hits: random.binomial(requests, model.rate), of: requests }] }],
        ];
      case 'histogram': {
        const values = drawLatencies(requests, model, random);
        return [[name, { kind: 'histogram', layout: latencyLayout, slots: [{ ...whose, values }] }]];
      }
      case 'gauge': {
        const sum = model.median * Math.exp(model.sigma * random.normal());
        return [[name, { kind: 'gauge', slots: [{ ...whose, sum, count: 1 }] }]];
      }
    }
  });
  return Object.fromEntries(told);
}
