import { applyAct, isAct } from './acts';
import { backOff } from './failures';
import { entry } from './journal';
import type { Act, Cause, EnvironmentState, Event, Outcome, Phase, Rollout } from './model';
import { close, cold, outcomeOf, to, withdraw } from './moves';
import { look } from './park';
import { isStandIn } from './stand-in';
import { decide, observe, startWatching } from './watch';
import type { GateResult } from '../gates/gate';
import { everyCheck } from '../gates/gate1';
import { noteBlindness } from './baseline-health';
import { nameOf } from '../release';

/**
 * The rollout as a pure function: (state, event) -> state. One handler a phase; an event that a phase does not wait for
 * changes nothing. The state that comes back asks for its command through `nextCommand`.
 */
export function transition(before: EnvironmentState, event: Event): EnvironmentState {
  const at = Math.max(before.at, event.at);
  const state = { ...before, sequence: before.sequence + 1, at, outbox: [] };
  if (isAct(event)) return applyAct(state, event);
  const { rollout } = state;
  if (!rollout || rollout.phase.name === 'over') return state;
  if (event.type === 'failed') return backOff(state, rollout, event);
  const calm = { ...rollout, failures: { count: 0, problem: null, retryAt: 0 } };
  if (rollout.isClaimed) return handle(state, calm, event);
  if (event.type !== 'shifted') return state;
  const claimed = { ...calm, isClaimed: true };
  const isMove = ['shifting', 'merging', 'settling', 'withdrawing', 'lowering'].includes(rollout.phase.name);
  return isMove ? handle(state, claimed, event) : { ...state, rollout: claimed };
}

type Answer = Exclude<Event, Act | { type: 'failed' }>;

function handle(state: EnvironmentState, rollout: Rollout, event: Answer): EnvironmentState {
  const { phase } = rollout;
  switch (phase.name) {
    case 'parked':
      return event.type === 'elapsed' ? look(state, rollout) : state;
    case 'tidying':
      return event.type === 'stopped' ? to(cold(state), rollout, { name: 'proving' }) : state;
    case 'proving':
      return event.type === 'proved' ? onProved(state, rollout, event) : state;
    case 'starting':
      return event.type === 'started' ? onStarted(state, rollout, event) : state;
    case 'trying':
      return event.type === 'tried' ? onTried(state, rollout, event) : state;
    case 'growing':
      return event.type === 'started' ? onGrown(state, rollout, phase.step, event) : state;
    case 'shifting':
      return event.type === 'shifted' ? onShifted(state, rollout, phase.step, event) : state;
    case 'watching':
      return event.type === 'observed' ? onObserved(state, rollout, phase, event) : state;
    case 'merging':
      return event.type === 'shifted' ? to(state, rollout, { ...phase, name: 'shedding' }) : state;
    case 'shedding':
      return event.type === 'stopped' ? to(state, rollout, onwards(rollout, phase.step, event.at)) : state;
    case 'verifying':
      return event.type === 'verified' ? onVerified(state, rollout, event) : state;
    case 'settling':
      return event.type === 'shifted' ? onSettled(state, rollout, event.at) : state;
    case 'withdrawing':
      return event.type === 'shifted' ? to(state, rollout, { ...phase, name: 'clearing' }) : state;
    case 'clearing':
      return event.type === 'stopped' ? onCleared(state, rollout, phase.outcome) : state;
    case 'publishing':
      return event.type === 'published' ? close(state, rollout, phase.outcome) : state;
    case 'cooling':
      return event.type === 'elapsed' ? to(state, rollout, { name: 'retiring' }) : state;
    case 'retiring':
      return event.type === 'stopped' ? onRetired(state, rollout, event.at) : state;
    case 'lowering':
      return event.type === 'shifted' ? to(state, rollout, { ...phase, name: 'dismantling' }) : state;
    case 'dismantling':
      return event.type === 'stopped' ? onDismantled(state, rollout) : state;
    case 'over':
      return state;
  }
}

function onProved(state: EnvironmentState, rollout: Rollout, event: Extract<Event, { type: 'proved' }>) {
  const proven = { ...rollout, wayBack: event.reason };
  if (event.ok) return to(state, proven, { name: 'starting' });
  const reason = `the way back is not proven, so nothing was moved: ${event.reason}`;
  return to(state, proven, { name: 'publishing', outcome: { result: 'failed', reason, at: event.at, cause: 'world' } });
}

function onStarted(state: EnvironmentState, rollout: Rollout, event: Extract<Event, { type: 'started' }>) {
  if (!event.ok) return giveUp(state, rollout, event.reason, event.at, event.cause);
  return to(state, rollout, rollout.plan.trial.length ? { name: 'trying' } : { name: 'shifting', step: 0 });
}

/** It has traffic already: without the instances for more of it, it goes back. */
function onGrown(state: EnvironmentState, rollout: Rollout, step: number, event: Extract<Event, { type: 'started' }>) {
  if (event.ok) return to(state, rollout, { name: 'shifting', step });
  return withdraw(state, rollout, outcomeOf(rollout, event.reason, event.at, event.cause ?? 'release'));
}

function onTried(state: EnvironmentState, rollout: Rollout, event: Extract<Event, { type: 'tried' }>) {
  const gate = everyCheck(event.checks, rollout.plan.trial);
  if (gate.verdict === 'pass') return to(state, rollout, { name: 'shifting', step: 0 });
  return giveUp(state, rollout, gate.reasons.join('; '), event.at, causeOf(gate));
}

/** Checks that could not tell say nothing against the release. */
const causeOf = ({ verdict }: GateResult): Cause => (verdict === 'fail' ? 'release' : 'world');

/** The release never had traffic: it only needs to be stopped. */
function giveUp(state: EnvironmentState, rollout: Rollout, reason: string, at: number, cause: Cause = 'release') {
  return to(state, rollout, { name: 'clearing', outcome: outcomeOf(rollout, reason, at, cause) });
}

function onCleared(state: EnvironmentState, rollout: Rollout, outcome: Outcome) {
  if (isStandIn(rollout)) return { ...state, rollout: null };
  const isPrevious = state.previous?.release.id === rollout.plan.release.id;
  return to(isPrevious ? cold(state) : state, rollout, { name: 'publishing', outcome });
}

function onShifted(
  state: EnvironmentState,
  rollout: Rollout,
  index: number,
  { at, since }: Extract<Event, { type: 'shifted' }>,
) {
  const step = rollout.plan.steps[index];
  if (!step) throw new RangeError(`no step ${index}`);
  const beside = step.baseline === undefined ? '' : `, a fresh baseline ${step.baseline} %`;
  const moved = [entry('traffic', `${nameOf(rollout.plan.release)} gets ${step.traffic} % of traffic${beside}`, at)];
  const record = {
    traffic: step.traffic,
    since: at,
    until: null,
    gate: null,
    promotedBy: null,
    slots: [],
    finding: null,
  };
  const watched = { ...rollout, steps: [...rollout.steps, record] };
  if (step.minDuration === 0 && !step.judged) return to(state, watched, { name: 'verifying', since: at }, moved);
  return to(state, watched, startWatching(rollout.plan, index, at, since), moved);
}

function onObserved(
  state: EnvironmentState,
  rollout: Rollout,
  phase: Extract<Phase, { name: 'watching' }>,
  event: Extract<Event, { type: 'observed' }>,
) {
  const failures = event.missing ? { count: 1, problem: event.missing, retryAt: event.at } : rollout.failures;
  const seen = observe({ ...rollout, failures }, phase, event);
  const decision = noteBlindness(rollout, decide(seen.rollout, seen.phase, event, state), seen.phase, event);
  const isLast = decision.next === 'advance' || decision.next === 'withdraw';
  const steps = seen.rollout.steps.map((step, at, all) => {
    const isCurrent = at === all.length - 1;
    if (!isCurrent) return step;
    const promotedBy =
      decision.next === 'promote' ? 'canary.onInconclusive' : decision.next === 'withdraw' ? null : step.promotedBy;
    return { ...step, gate: decision.gate, promotedBy, until: isLast ? event.at : null };
  });
  const judged = { ...seen.rollout, steps };
  const reasons = decision.gate.reasons.join('; ');
  switch (decision.next) {
    case 'stay':
      return to(state, judged, seen.phase);
    case 'wait': {
      const how = decision.gate.verdict === 'pass' ? 'passed, waiting' : 'waits';
      const detail = `${how} for ${decision.words}: ${reasons}`;
      return to(state, judged, { ...seen.phase, waiting: decision.waiting }, [entry('gate', detail, event.at)]);
    }
    case 'extend': {
      const deadline = event.at + (rollout.plan.steps[phase.step]?.maxDuration ?? 0);
      return to(state, judged, { ...seen.phase, deadline, waiting: null }, [
        entry('gate', `extended: ${reasons}`, event.at),
      ]);
    }
    case 'promote':
      return to(state, judged, seen.phase, [
        entry('gate', `let through by canary.onInconclusive: ${reasons}`, event.at),
      ]);
    case 'hold':
      return to(state, judged, { ...seen.phase, waiting: 'person' }, [
        entry('gate', `held until a person decides: ${reasons}`, event.at),
      ]);
    case 'advance':
      return to(state, judged, advance(judged, phase.step, event.at), [
        entry('gate', `${decision.gate.verdict === 'pass' ? 'passed' : 'goes on'}: ${reasons}`, event.at),
      ]);
    case 'withdraw':
      return withdraw(state, judged, outcomeOf(rollout, reasons, event.at, decision.cause));
  }
}

/** What follows a step that has passed. A fresh baseline that the next one has no use for goes first. */
function advance(rollout: Rollout, passed: number, at: number): Phase {
  const [step, following] = rollout.plan.steps.slice(passed, passed + 2);
  const isLeft = step?.baseline !== undefined && following?.baseline === undefined;
  return isLeft ? { name: 'merging', step: passed } : onwards(rollout, passed, at);
}

function onwards({ plan, startedAt, steps }: Rollout, passed: number, at: number): Phase {
  const step = passed + 1;
  const following = plan.steps[step];
  if (following) return { name: plan.steps[passed]?.atMost === following.atMost ? 'shifting' : 'growing', step };
  // gate 1 looks at all that staging did, the verification of production at its last window
  const since = plan.environment === 'staging' ? startedAt : Math.max(steps.at(-1)?.since ?? at, at - plan.hard.for);
  return { name: 'verifying', since };
}

function onVerified(state: EnvironmentState, rollout: Rollout, event: Extract<Event, { type: 'verified' }>) {
  const { plan } = rollout;
  const gate = everyCheck(event.checks, plan.verify);
  const verified = { ...rollout, verification: { gate, checks: event.checks } };
  const reasons = gate.reasons.join('; ');
  if (gate.verdict !== 'pass')
    return withdraw(state, verified, outcomeOf(rollout, `verification: ${reasons}`, event.at, causeOf(gate)));
  const previous = plan.from ? { release: plan.from, warmUntil: event.at + plan.window } : null;
  const { host, port, router } = plan;
  return to(
    { ...state, stable: plan.release, listening: { host, port, router }, previous },
    verified,
    { name: 'settling' },
    [entry('verified', reasons, event.at)],
  );
}

function onSettled(state: EnvironmentState, rollout: Rollout, at: number) {
  const what = rollout.plan.kind === 'rollback' ? 'rolled back by a person' : 'deployed';
  const reason = `${nameOf(rollout.plan.release)} ${what}`;
  return to(state, rollout, { name: 'publishing', outcome: { result: 'done', reason, at, cause: 'person' } });
}

const onDismantled = (state: EnvironmentState, rollout: Rollout): EnvironmentState =>
  isStandIn(rollout) ? { ...state, rollout: null } : to(state, rollout, { name: 'over' });

function onRetired(state: EnvironmentState, rollout: Rollout, at: number) {
  return to(cold(state), rollout, { name: 'over' }, [entry('retired', 'the old release was stopped', at)]);
}
