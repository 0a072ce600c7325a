import * as z from '../zod';
import { rateMargin, slownessMargin, weight } from './schema-margins';

/** Metrics that a service tells of itself: `canary.metrics`. */
export const mostMetrics = 10;
const mostQuantiles = 3;

const ownNames = ['errors', 'latency'];
const aMetricName = {
  error:
    'a name of small letters, digits, "_" and "-" that begins with a letter, at most 40 long, not "errors" nor "latency"',
};
const metricName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, aMetricName)
  .refine((name) => !ownNames.includes(name), aMetricName);

const worse = z.enum(['higher', 'lower']).default('higher').describe('Which way it is worse.');
const beyond = 'Worse than this sends it back once that is shown.';
const within = 'It goes on once it is shown to be better than this.';
const amounts = {
  ...{ worse, weight },
  abort: slownessMargin(1.1, beyond),
  promote: slownessMargin(1.25, within),
};

const ratio = z.strictObject({
  kind: z.literal('ratio').describe('How many of all answers say yes.'),
  ...{ worse, weight },
  abort: rateMargin(1.1, 0, beyond),
  promote: rateMargin(1.5, 0, within),
});
const histogram = z.strictObject({
  kind: z.literal('histogram').describe('Amounts, one an answer.'),
  quantiles: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .max(mostQuantiles)
    .default([0.5, 0.95])
    .describe('Parts of the answers, 0 to 1, that are no worse than what is compared.'),
  ...amounts,
});
const gauge = z.strictObject({ kind: z.literal('gauge').describe('One amount an interval.'), ...amounts });

const metric = z.discriminatedUnion('kind', [ratio, histogram, gauge], {
  error: ({ input }) => (typeof input === 'object' ? 'one of "ratio", "histogram", "gauge"' : 'an object'),
});

export const metrics = z
  .record(metricName, metric)
  .refine((all) => Object.keys(all).length <= mostMetrics, { error: `at most ${mostMetrics} metrics` })
  .default({})
  .describe('Metrics of your own by name, for the method `sequential`: told by the service in `Server-Timing`.');

export type MetricSettings = z.infer<typeof metric>;
export type MetricKind = MetricSettings['kind'];
