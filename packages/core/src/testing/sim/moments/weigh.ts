import type { Interval, SlotFigures } from '../../../analysis/figures';
import type { JudgeSettings } from '../../../analysis/methods';
import type { MetricSettings } from '../../../config/schema';
import type { Plan, Step } from '../../../rollout/plan';
import { quickConfig } from '../../builders';
import { chance, oneOf, whole, type Draw } from '../draw';
import type { Broken } from '../step-rules';
import { drawWatchedPlan, watched } from './watch';

/** One step by a method that weighs, `sequential` or `mann-whitney`: a release that is clearly better, alike or clearly worse, now and then in another mood. */
export function aWeighing(draw: Draw): Generator<Broken> {
  const plan = drawWeighedPlan(draw);
  const mood = oneOf(draw, moods);
  const last = chance(draw, 0.2) ? whole(draw, 1, 6) : Infinity;
  let turn = 0;
  const times = () => (chance(draw, 0.85) ? mood : oneOf(draw, moods));
  return watched(
    draw,
    plan,
    (step) => drawSlots(draw, plan, step, times()),
    (slots) => {
      turn += 1;
      const isQuiet = turn > last;
      return drawTold(
        draw,
        plan,
        slots.filter(({ slot }) => !isQuiet || slot !== 'canary'),
        oneOf(draw, [times(), times(), 1.25]),
      );
    },
  );
}

/** How many times as many errors, and as long a latency, as the release before has. */
const moods = [0.2, 0.5, 1, 2, 8];

function drawWeighedPlan(draw: Draw): Plan {
  const plan = drawWatchedPlan(draw);
  return {
    ...plan,
    hard: { ...plan.hard, errorRateAbove: 0.9 },
    judge: chance(draw, 0.6) ? drawSequential(draw, plan.judge) : drawMannWhitney(draw, plan.judge),
  };
}

type Always = Pick<JudgeSettings, 'interval' | 'noData'>;

function drawSequential(draw: Draw, { interval, noData }: Always): JudgeSettings {
  const [alpha, beta] = [oneOf(draw, [0.05, 0.2]), oneOf(draw, [0.05, 0.2])];
  const absolute = oneOf(draw, [0, 0.01]);
  return {
    ...{ method: 'sequential', interval, noData, alpha, beta },
    errors: { weight: oneOf(draw, [0.5, 2]), abort: { ratio: 1.1, absolute }, promote: { ratio: 1.5, absolute } },
    latency: { weight: 0.5, quantiles: [0.5, 0.9], abort: { ratio: 1.1 }, promote: { ratio: 1.5 } },
    metrics: chance(draw, 0.5) ? {} : drawMetrics(draw),
    robust: { dispersion: oneOf(draw, ['auto', 1]), restartEvery: whole(draw, 1, 3) * interval },
  };
}

function drawMannWhitney(draw: Draw, { interval, noData }: Always): JudgeSettings {
  const { metrics, ...settings } = quickConfig().canary.mannWhitney;
  const { errors, p50 } = metrics;
  const judgeEvery = oneOf(draw, [1, 2, 2.5]) * interval;
  return {
    ...{ ...settings, method: 'mann-whitney', interval, noData, judgeEvery },
    confidence: oneOf(draw, [0.7, 0.9]),
    weights: oneOf(draw, [settings.weights, { errors: 80, latency: 20 }]),
    metrics: {
      ...metrics,
      errors: {
        ...{ ...errors, direction: oneOf(draw, ['increase', 'either']), critical: chance(draw, 0.3) },
        effectSize: { ...errors.effectSize, allowedIncrease: oneOf(draw, [1, 100]) },
      },
      p50: { ...p50, nanStrategy: oneOf(draw, ['remove', 'replace']), mustHaveData: chance(draw, 0.3) },
    },
  };
}

function drawMetrics(draw: Draw): Record<string, MetricSettings> {
  const worse = () => oneOf(draw, ['higher', 'lower'] as const);
  const weight = oneOf(draw, [0.5, 2]);
  const margin = (ratio: number) => ({ ratio, absolute: oneOf(draw, [0, 0.01]) });
  return {
    misses: { kind: 'ratio', worse: worse(), weight, abort: margin(1.1), promote: margin(1.5) },
    ...(chance(draw, 0.5) && {
      queue: { kind: 'gauge', worse: worse(), weight, abort: { ratio: 1.1 }, promote: { ratio: 1.5 } },
    }),
  };
}

/** Both tell, now and then one of them does not. */
function drawTold(
  draw: Draw,
  { judge }: Plan,
  slots: readonly SlotFigures[],
  times: number,
): Pick<Interval, 'metrics'> {
  if (judge.method !== 'sequential' || Object.keys(judge.metrics).length === 0) return {};
  const by = (slot: SlotFigures) => (slot.slot === 'canary' ? times : 1);
  const telling = () => slots.filter(() => chance(draw, 0.95));
  const whose = ({ slot, release }: SlotFigures) => ({ slot, release });
  const ratios = telling().map((slot) => {
    const of = slot.requests;
    return { ...whose(slot), hits: Math.min(of, Math.round(of * 0.1 * by(slot))), of };
  });
  const gauges = telling().map((slot) => ({ ...whose(slot), sum: slot.requests * by(slot), count: slot.requests }));
  return { metrics: { misses: { kind: 'ratio', slots: ratios }, queue: { kind: 'gauge', slots: gauges } } };
}

function drawSlots(draw: Draw, plan: Plan, step: Step, times: number): SlotFigures[] {
  const answered = (
    requests: number,
    worse: number,
  ): Pick<SlotFigures, 'requests' | 'errors' | 'latency' | 'synthetic'> => {
    const part = (share: number) => Math.round(requests * share);
    const [quick, slow] = [part(0.6), part(0.1)];
    const spread = [
      [50 * worse, quick],
      [100 * worse, requests - quick - slow],
      [200 * worse, slow],
    ] as const;
    return { requests, errors: part(0.02 * worse), synthetic: 0, latency: spread.filter(([, count]) => count > 0) };
  };
  const own = { slot: plan.from ? ('canary' as const) : ('stable' as const), release: plan.release.id };
  const old = plan.from && { slot: 'stable' as const, release: plan.from.id };
  const fresh = plan.from && step.baseline !== undefined && { slot: 'baseline' as const, release: plan.from.id };
  return [
    { ...own, ...answered(oneOf(draw, [0, 20, 200, 1000]), times) },
    ...(old ? [{ ...old, ...answered(oneOf(draw, [200, 1000]), 1) }] : []),
    ...(fresh ? [{ ...fresh, ...answered(oneOf(draw, [0, 20, 200, 1000]), 1) }] : []),
  ];
}
