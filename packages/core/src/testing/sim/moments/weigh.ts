import type { SlotFigures } from '../../../analysis/figures';
import type { Plan, Step } from '../../../rollout/plan';
import { chance, oneOf, whole, type Draw } from '../draw';
import type { Broken } from '../step-rules';
import { drawWatchedPlan, watched } from './watch';

/** One step by the sequential method: a release that is clearly better, alike or clearly worse, now and then in another mood. */
export function aWeighing(draw: Draw): Generator<Broken> {
  const plan = drawWeighedPlan(draw);
  const mood = oneOf(draw, moods);
  return watched(draw, plan, (step) => drawSlots(draw, plan, step, chance(draw, 0.85) ? mood : oneOf(draw, moods)));
}

/** How many times as many errors, and as long a latency, as the release before has. */
const moods = [0.2, 0.5, 1, 2, 8];

function drawWeighedPlan(draw: Draw): Plan {
  const plan = drawWatchedPlan(draw);
  const { interval, noData } = plan.judge;
  const [alpha, beta] = [oneOf(draw, [0.05, 0.2]), oneOf(draw, [0.05, 0.2])];
  const absolute = oneOf(draw, [0, 0.01]);
  return {
    ...plan,
    hard: { ...plan.hard, errorRateAbove: 0.9 },
    judge: {
      ...{ method: 'sequential', interval, noData, alpha, beta },
      errors: { weight: oneOf(draw, [0.5, 2]), abort: { ratio: 1.1, absolute }, promote: { ratio: 1.5, absolute } },
      latency: { weight: 0.5, quantiles: [0.5, 0.9], abort: { ratio: 1.1 }, promote: { ratio: 1.5 } },
      robust: { dispersion: oneOf(draw, ['auto', 1]), restartEvery: whole(draw, 1, 3) * interval },
    },
  };
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
