import { z } from '@sluice/core';
import { instant, text } from './state-parts';

/** Metrics that services tell of themselves: what a plan asks of them, and what a state found. */
const weighed = { worse: z.enum(['higher', 'lower']), weight: z.number() };
const rate = z.strictObject({ ratio: z.number(), absolute: z.number() });
const ratio = z.strictObject({ ratio: z.number() });

export const metricsSettings = z.record(
  text,
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('ratio'), ...weighed, abort: rate, promote: rate }),
    z.strictObject({
      ...{ kind: z.literal('histogram'), ...weighed, quantiles: z.array(z.number()) },
      ...{ abort: ratio, promote: ratio },
    }),
    z.strictObject({ kind: z.literal('gauge'), ...weighed, abort: ratio, promote: ratio }),
  ]),
);

const logs = z.array(z.number());
/** The evidence of one thing that is asked. */
export const strand = z.strictObject({
  abort: z.strictObject({ logs, marks: z.number() }),
  promote: logs,
  bounds: z.strictObject({ above: logs, below: logs }),
  reach: z.strictObject({ abort: z.number().nullable(), promote: z.number().nullable() }).nullable(),
});

export const histogram = z.array(z.tuple([z.number(), z.number()]).readonly()).readonly();

const found = { strands: z.array(strand), canarySeen: instant.nullable(), baselineSeen: instant.nullable() };
const share = z.strictObject({ hits: z.number(), of: z.number() });
const means = z.strictObject({ sum: z.number(), count: z.number() });

export const metricsState = z.record(
  text,
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('ratio'), ...found, canary: share, baseline: share }),
    z.strictObject({ kind: z.literal('histogram'), ...found, canary: histogram, baseline: histogram }),
    z.strictObject({ kind: z.literal('gauge'), ...found, canary: means, baseline: means }),
  ]),
);
