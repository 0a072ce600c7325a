import { refuse } from '../../../rollout/acts';
import type { Act, EnvironmentState, Event } from '../../../rollout/model';
import { transition } from '../../../rollout/transition';
import { aCheckResult, anInterval } from '../../builders';
import { isAct } from '../../../rollout/acts';
import { actRules } from '../act-rules';
import { people } from '../consent';
import { chance, oneOf, whole, type Draw } from '../draw';
import { awaited, moveRules } from '../move-rules';
import { second } from '../scenario';
import type { Broken } from '../step-rules';
import { toldRules } from '../told-rules';
import { drawPlan, drawProblem, drawRelease, drawState } from './draw-state';

type Answer = Exclude<Event, Act>;

/** Any event in any state. */
export function* aMove(draw: Draw): Generator<Broken> {
  const before = drawState(draw);
  const event = drawEvent(draw, before);
  const after = transition(before, event);
  yield* toldRules(after);
  if (!isAct(event)) yield* moveRules(before, event, after);
  else {
    const refusal = refuse(before, event);
    yield* actRules(before, event, after, refusal);
    if (refusal) yield* actRules(before, event, after);
  }
}

function drawEvent(draw: Draw, state: EnvironmentState): Event {
  const at = state.at + whole(draw, -1, 12) * 10 * second;
  const { rollout } = state;
  if (!rollout || chance(draw, 0.4)) return drawAct(draw, state, at);
  if (chance(draw, 0.35)) return { type: 'failed', at, problem: drawProblem(draw) };
  const type = awaited[rollout.phase.name];
  const isOther = type === null || chance(draw, 0.15);
  // before the split is in force nothing else is asked for
  return drawAnswer(draw, state, at, !rollout.isClaimed ? 'shifted' : isOther ? oneOf(draw, answers) : type);
}

const answers: readonly Exclude<Answer['type'], 'failed'>[] = [
  ...(['proved', 'started', 'tried', 'shifted', 'observed', 'verified', 'published', 'elapsed', 'stopped'] as const),
];

function drawAnswer(draw: Draw, { rollout }: EnvironmentState, at: number, type: Answer['type']): Answer {
  const reason = 'it was looked at';
  const checksOf = (names: readonly string[] = []) =>
    names
      .filter(() => chance(draw, 0.95))
      .map((name) => aCheckResult(name, { status: oneOf(draw, ['pass', 'pass', 'pass', 'warn', 'fail', 'skip']) }));
  switch (type) {
    case 'proved':
      return { type, at, ok: chance(draw, 0.5), reason };
    case 'started': {
      const ok = chance(draw, 0.5);
      return { type, at, ok, reason, ...(ok || chance(draw, 0.5) ? {} : { cause: 'world' }) };
    }
    case 'tried':
      return { type, at, checks: checksOf(rollout?.plan.trial) };
    case 'verified':
      return { type, at, checks: checksOf(rollout?.plan.verify) };
    case 'shifted':
      return { type, at, since: at };
    case 'observed':
      return { type, at, interval: anInterval(at, at), health: [] };
    case 'failed':
      return { type, at, problem: drawProblem(draw) };
    case 'published':
    case 'elapsed':
    case 'stopped':
      return { type, at };
  }
}

const drawWanted = (draw: Draw, { rollout }: EnvironmentState) =>
  rollout && chance(draw, 0.8) ? rollout.plan.release : drawRelease(draw);

const words = ['approve', 'reject', 'unfreeze'] as const;

function drawAct(draw: Draw, state: EnvironmentState, at: number): Act {
  const { environment } = state;
  const by = 'erin';
  switch (oneOf(draw, [...words, 'begin', 'goal', 'abort', 'promote', 'down', 'allow'] as const)) {
    case 'begin':
      return {
        type: 'begin',
        at,
        plan: drawPlan(draw, chance(draw, 0.8) ? state : { ...drawState(draw), environment }),
      };
    case 'goal':
      return { type: 'goal', at, by, goal: oneOf(draw, ['canary', 'production']) };
    case 'abort':
      return { type: 'abort', at, by, reason: 'it looks odd' };
    case 'promote':
      return { type: 'promote', at, by, reason: 'it looks well' };
    case 'approve': {
      const { id: release } = drawWanted(draw, state);
      const before = oneOf(draw, ['canary', 'production'] as const);
      return { type: 'approve', at, by: oneOf(draw, people), release, before, reason: 'it was looked at' };
    }
    case 'reject': {
      const stage = oneOf(draw, [null, 'canary', 'production'] as const);
      const release = drawWanted(draw, state).id;
      return { type: 'reject', at, by, release, reason: 'not today', ...(stage && { before: stage }) };
    }
    case 'unfreeze':
      return { type: 'unfreeze', at, by, until: at + whole(draw, 0, 2) * 60 * second, reason: 'it is urgent' };
    case 'down':
      return { type: 'down', at, by };
    case 'allow':
      return { type: 'allow', at, by, release: drawRelease(draw).id, reason: 'it is mended' };
  }
}
