import * as z from '../zod';
import { addPoint, measures, valuesOf, type Measure } from '../analysis/mann-whitney/points';
import { classify } from '../analysis/mann-whitney/classify';
import { kayentaCertainty, kayentaRule, type MetricVerdict } from '../analysis/mann-whitney/metric';
import { number } from '../analysis/mann-whitney/reasons';
import { nameOf, type ReleaseRef } from '../release';
import type { Check, CheckOutcome } from './check';

const count = z.int().min(0);

/** What was measured of a release under load, in equal parts of the run: kept with the release, for the next one. */
export const loadRunSchema = z.strictObject({
  version: z.literal(1),
  /** The digest of how it was loaded: only what was loaded alike is compared. */
  workload: z.string(),
  intervals: z.array(
    z.strictObject({
      requests: count,
      errors: count,
      /** `[upper edge in ms, count]`, ascending; with what a slow answer held up, so their sum may exceed the requests. */
      latency: z.array(z.tuple([z.number().positive(), count]).readonly()).readonly(),
    }),
  ),
});
export type LoadRun = z.infer<typeof loadRunSchema>;
export type LoadInterval = LoadRun['intervals'][number];

export interface RegressionSubject {
  own: LoadRun | null;
  /** The release that is live, and its load run where one was kept; `null` where nothing is live. */
  live: { release: ReleaseRef; run: LoadRun | null } | null;
}

/**
 * Compares the load run with that of the live release, by the judge's Mann-Whitney test over the intervals of both. Warns where a
 * difference is both clear (its interval leaves out what is tolerated) and larger than `allowed`, a share; never fails: two
 * runs are of two times, and the machine had other things to do in each.
 */
export const regressionCheck = (allowed: number): Check<RegressionSubject> => ({
  name: 'regression',
  tool: 'sluice',
  version: '1', // of these rules
  timeLimit: 30_000,
  run: async ({ own, live }): Promise<CheckOutcome> => {
    if (!live) return skip('nothing is live that it could be compared with');
    const of = `${nameOf(live.release)}, which is live`;
    if (!own) return skip('its load run has no measurements by interval');
    if (!live.run) return skip(`no load run of ${of}, was kept`);
    if (own.workload !== live.run.workload) return skip(`${of}, was loaded in another way`);
    const verdicts = compareRuns(own, live.run, allowed);
    const unknown = verdicts.filter(({ classification }) => !['pass', 'high'].includes(classification));
    if (unknown.length === verdicts.length) return skip(`too little was measured to compare it with ${of}`);
    const worse = verdicts.filter(({ classification }) => classification === 'high').map(worseWords);
    const figures = ratiosOf(verdicts);
    if (worse.length === 0) return { status: 'pass', reason: `no regression beside ${of}`, findings: [], figures };
    const findings = worse.map((message) => ({ severity: 'moderate' as const, message }));
    return { status: 'warn', reason: `worse under load than ${of}: ${worse.join('; ')}`, findings, figures };
  },
});

/** One verdict a measure: error rate and quantiles of latency, `high` where the own run is worse by more than `allowed`. */
export function compareRuns(own: LoadRun, live: LoadRun, allowed: number): MetricVerdict[] {
  const length = Math.max(own.intervals.length, live.intervals.length);
  const armOf = (run: LoadRun, at: number) => ({
    requests: 0,
    errors: 0,
    latency: [],
    synthetic: 0,
    ...run.intervals[at],
  });
  const points = Array.from({ length }, (_, at) => at).reduce<ReturnType<typeof addPoint>>(
    (before, at) => addPoint(before, { canary: armOf(own, at), baseline: armOf(live, at) }),
    [],
  );
  const effectSize = { ...kayentaRule.effectSize, allowedIncrease: 1 + allowed };
  return measures.map((measure) =>
    classify({
      ...{ ...kayentaRule, ...kayentaCertainty, direction: 'increase', effectSize },
      ...{ name: names[measure], unit: measure === 'errors' ? 'points' : 'ms', values: valuesOf(points, measure) },
    }),
  );
}

const names: Record<Measure, string> = {
  errors: 'error rate',
  p50: 'latency p50',
  p95: 'latency p95',
  p99: 'latency p99',
};

/** `latency p95 is 1.5 times as high, by 12.3 ms` */
function worseWords({ name, effect, shift }: MetricVerdict): string {
  const times = effect === null ? 'higher' : `${number(effect)} times as high`;
  const unit = name === 'error rate' ? 'percentage points' : 'ms';
  return `${name} is ${times}${shift ? `, by ${number(shift.estimate)} ${unit}` : ''}`;
}

/** `p95Ratio`: the mean as a multiple of the live release's. */
const ratiosOf = (verdicts: readonly MetricVerdict[]): Record<string, number> =>
  Object.fromEntries(
    measures.flatMap((measure, at) => {
      const effect = verdicts[at]?.effect ?? null;
      return effect === null ? [] : [[`${measure}Ratio`, Number(effect.toPrecision(3))]];
    }),
  );

const skip = (reason: string): CheckOutcome => ({ status: 'skip', reason, findings: [], figures: {} });
