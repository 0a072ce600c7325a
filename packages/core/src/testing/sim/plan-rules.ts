import { rehearse } from '../../report/rehearsal';
import type { Plan, Step } from '../../rollout/plan';
import { limits } from './plan-of';
import type { Settings } from './scenario';
import type { Broken } from './step-rules';

/** A plan is what was configured, and always a way from nothing to all. */
export function* planRules(plan: Plan, settings: Settings): Generator<Broken> {
  const rule = 'a plan is what was configured';
  const { environment, from, steps, goal, port, window, services, trial, verify, synthetic, kind, judge } = plan;
  const isWatched = environment === 'production' && from !== null;
  const isSingle = !isWatched;
  const [first, ...others] = steps;
  const shares = settings.shares.map((share) => (share === 100 ? 100 - settings.holdback : share));
  if (steps.map(({ traffic }) => traffic).join() !== (isSingle ? '100' : shares.join()))
    yield [rule, `shares of ${steps.map(({ traffic }) => traffic).join()}`];
  if (isWatched && first) {
    const { duration, maxDuration, instances, shares } = settings;
    const needed = [1, 2, 3, 4].find((count) => count * 100 >= instances * (shares[0] ?? 0));
    const atMost = needed !== undefined && needed < instances ? needed : undefined;
    const due = {
      stage: 'canary',
      judged: true,
      minDuration: duration,
      maxDuration: maxDuration ?? duration + duration,
    };
    if (isOther(first, { ...due, atMost, baseline: baselineOf(first, settings) }))
      yield [rule, `its canary is ${JSON.stringify(first)}`];
  }
  for (const step of isSingle ? steps : others) {
    const judged = step.traffic < 100;
    const stage = environment === 'staging' ? 'staging' : 'production';
    const isLast = step === steps.at(-1) && judged;
    const minDuration = isLast && window > settings.stepDuration ? window : settings.stepDuration;
    const maxDuration = minDuration * (judged ? 2 : 1);
    const baseline = isSingle ? undefined : baselineOf(step, settings);
    if (isOther(step, { stage, judged, minDuration, maxDuration, baseline }))
      yield [rule, `a step is ${JSON.stringify(step)}`];
  }
  const isLive = environment === 'production';
  const checks = isLive ? 'health,services,smoke,window' : 'health,smoke,logs,monitoring';
  if (verify.join() !== checks || trial.join() !== (isLive && !from ? 'smoke' : ''))
    yield [rule, `checks ${verify.join()}`];
  const named = services.map(({ name }) => name).join();
  if (named !== (isLive && settings.hasService ? 'database' : '')) yield [rule, `looks at "${named}"`];
  if (plan.onInconclusive !== settings.onInconclusive) yield [rule, `it comes to ${plan.onInconclusive}`];
  const wanted = isLive
    ? settings.approvals.map(({ before, by, from = null, ttl }) => ({ before, by, from, ttl }))
    : [];
  const windows = isLive ? settings.freeze.map(({ from, to }) => to - from) : [];
  if (JSON.stringify(plan.approvals) !== JSON.stringify(wanted)) yield [rule, `asks ${plan.approvals.length}`];
  if (plan.freeze.windows.map(({ from, to }) => to - from).join() !== windows.join()) yield [rule, 'other freezes'];
  if (goal !== settings.goal || port !== settings.port || window !== settings.window || kind !== 'deploy' || synthetic)
    yield [rule, `${kind} to ${port} as far as ${goal}`];
  const { method, interval, minRequests, noData } = settings;
  const due = {
    threshold: { minRequests, ...limits },
    sequential: { alpha: 0.05, beta: 0.05 },
    'mann-whitney': { judgeEvery: interval, pass: 95, marginal: 75 },
  };
  if (isOther(judge, { method, interval, noData, ...due[method] })) yield [rule, JSON.stringify(judge)];
  // such as no configuration that parses asks for
  const needTwo = { threshold: [], sequential: [first], 'mann-whitney': steps.filter(({ judged }) => judged) }[method];
  const isTooShort = needTwo.some((step) => (step?.maxDuration ?? 0) < 2 * interval);
  if (plan.release.id !== from?.id && !isTooShort) yield* rehearsalRules(plan);
}

/** What a rehearsal tells of a plan is the whole way, in order. */
function* rehearsalRules(plan: Plan): Generator<Broken> {
  const told = rehearse(plan, 0).map(({ phase }) => phase);
  const way = told.filter((phase, index) => phase !== told[index - 1]);
  const stages = plan.steps.flatMap((step, index) => [
    ...(index > 0 && step.atMost !== plan.steps[index - 1]?.atMost ? ['growing'] : []),
    'shifting',
    ...(step.judged || step.minDuration > 0 ? ['watching'] : []),
    ...(step.baseline !== undefined && plan.steps[index + 1]?.baseline === undefined ? ['merging', 'shedding'] : []),
  ]);
  const due = [
    ...(plan.from ? ['proving', 'starting'] : ['starting']),
    ...(plan.trial.length > 0 ? ['trying'] : []),
    ...stages,
    ...['verifying', 'settling', 'publishing'],
    ...(plan.from ? ['cooling', 'retiring'] : []),
  ];
  const isHeld = plan.goal === 'canary' && plan.steps[0]?.stage === 'canary';
  const end = isHeld ? due.indexOf('watching') + 1 : due.length;
  if (way.join() !== due.slice(0, end).join())
    yield ['a rehearsal tells the whole way', `${way.join()}, not ${due.join()}`];
}

/** As much as the release, where that leaves something for stable. */
const baselineOf = ({ traffic }: Step, { baseline }: Settings): number | undefined =>
  baseline === 'fresh' && traffic + traffic < 100 ? traffic : undefined;

const isOther = (is: Step | Plan['judge'], due: object): boolean => {
  const all = new Map<string, unknown>(Object.entries(is));
  return Object.entries(due).some(([name, value]) => all.get(name) !== value);
};
