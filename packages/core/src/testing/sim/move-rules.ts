import type { CheckResult } from '../../checks/check';
import type { Act, EnvironmentState, Event, Outcome, Phase, Rollout } from '../../rollout/model';
import { transition } from '../../rollout/transition';
import { keptBy } from './consent-rules';
import type { Broken } from './step-rules';

/** The answer that each phase waits for. */
export const awaited: Record<Phase['name'], Answer['type'] | null> = {
  ...({ tidying: 'stopped', clearing: 'stopped', retiring: 'stopped', dismantling: 'stopped' } as const),
  ...({ parked: 'elapsed', merging: 'shifted', shedding: 'stopped' } as const),
  ...({ shifting: 'shifted', settling: 'shifted', withdrawing: 'shifted', lowering: 'shifted' } as const),
  ...({ proving: 'proved', starting: 'started', growing: 'started', trying: 'tried', watching: 'observed' } as const),
  ...({ verifying: 'verified', publishing: 'published', cooling: 'elapsed', over: null } as const),
};

/** An answer that comes twice, when nobody waits for it any more, changes nothing. */
function* lateRules(event: Answer, after: EnvironmentState): Generator<Broken> {
  const { rollout } = after;
  if (!rollout?.isClaimed || event.type === 'failed' || event.type === awaited[rollout.phase.name]) return;
  const again = transition(after, event);
  if (again.rollout?.phase !== rollout.phase || again.outbox.length > 0 || again.stable !== after.stable)
    yield ['an answer counts once', `${event.type} while ${rollout.phase.name}`];
}

type Name = Phase['name'] | 'none';
type Answer = Exclude<Event, Act>;

/** What is to come of an answer: the next phase, how it ends where that is decided, and what is written down. */
interface Expected {
  phase: Name;
  end?: Pick<Outcome, 'result' | 'cause'>;
  entries?: readonly string[];
}

/** What an answer leads to, as a table: the state machine has to agree with it. */
export function* moveRules(before: EnvironmentState, event: Answer, after: EnvironmentState): Generator<Broken> {
  const { rollout } = before;
  if (!rollout) return;
  const expected = expectedOf(before, rollout, event, after);
  const phase = after.rollout?.phase;
  const name = phase?.name ?? 'none';
  const from = `${event.type} while ${rollout.phase.name}`;
  if (name !== expected.phase) yield ['each answer leads to its phase', `${from}: ${name}, not ${expected.phase}`];
  const [entries, due] = [after.outbox.map(({ what }) => what).join(), (expected.entries ?? []).join()];
  if (entries !== due) yield ['the audit log tells what happened', `${from}: "${entries}", not "${due}"`];
  if (expected.end && phase && 'outcome' in phase) {
    const { result, cause, reason, at } = phase.outcome;
    if (!['release', 'person', 'world'].includes(cause)) yield ['an outcome names its cause', `${from}: "${cause}"`];
    if (result !== expected.end.result || cause !== expected.end.cause || at !== event.at || !reason)
      yield ['an outcome names its cause', `${from}: ${result} by ${cause}: ${reason}`];
    if (
      result === 'done' &&
      !reason.endsWith(rollout.plan.kind === 'rollback' ? 'rolled back by a person' : 'deployed')
    )
      yield ['an outcome names its cause', reason];
    if ('reason' in event && !reason.includes(event.reason))
      yield ['an outcome names its cause', `not ${event.reason}`];
  }
  const problem = event.type === 'failed' ? event.problem : event.type === 'observed' ? event.missing : undefined;
  if (problem && (problem.code === 'ROUTE_STALE' || /undefined|not a function|properties of/.test(problem.message)))
    yield ['no driver ends by a mistake', `${from}: ${problem.code}: ${problem.message}`];
  const earlier = rollout.steps.slice(0, -1);
  if (after.rollout && earlier.some((step, index) => after.rollout?.steps[index] !== step))
    yield ['the record of a step is what was seen', `${from} changes an earlier one`];
  yield* lateRules(event, after);
  yield* numberRules(before, event, after);
  yield* liveRules(before, rollout, event, after);
}

function expectedOf(before: EnvironmentState, rollout: Rollout, event: Answer, after: EnvironmentState): Expected {
  const { phase, plan } = rollout;
  const stay: Expected = { phase: phase.name };
  const back = { result: plan.from && plan.kind === 'deploy' ? 'rolled-back' : 'failed' } as const;
  const isAsked =
    rollout.isClaimed || ['shifting', 'merging', 'settling', 'withdrawing', 'lowering'].includes(phase.name);
  if (event.type === 'failed') return failure(before, rollout, event);
  if (!isAsked || event.type !== awaited[phase.name]) return stay;
  const closed = { phase: before.previous?.warmUntil ? 'cooling' : 'over' } as const;
  const gone = plan.steps.length === 0 ? 'none' : null; // it stands for what a lost state had named
  switch (event.type) {
    case 'stopped':
      if (phase.name === 'retiring') return { phase: 'over', entries: ['retired'] };
      if (phase.name === 'tidying') return { phase: 'proving' };
      if (phase.name === 'shedding') return { phase: onwards(rollout, phase.step) };
      return { phase: gone ?? (phase.name === 'clearing' ? 'publishing' : 'over') };
    case 'proved':
      return event.ok ? { phase: 'starting' } : { phase: 'publishing', end: { result: 'failed', cause: 'world' } };
    case 'started': {
      if (event.ok) return { phase: phase.name === 'starting' && plan.trial.length > 0 ? 'trying' : 'shifting' };
      const end = { ...back, cause: event.cause ?? 'release' };
      return phase.name === 'starting'
        ? { phase: 'clearing', end }
        : { phase: 'withdrawing', end, entries: ['withdraw'] };
    }
    case 'tried': {
      const cause = blameOf(event.checks, plan.trial);
      return cause ? { phase: 'clearing', end: { ...back, cause } } : { phase: 'shifting' };
    }
    case 'verified': {
      const cause = blameOf(event.checks, plan.verify);
      if (!cause) return { phase: 'settling', entries: ['verified'] };
      return { phase: 'withdrawing', end: { ...back, cause }, entries: ['withdraw'] };
    }
    case 'shifted': {
      if (phase.name === 'withdrawing') return { phase: 'clearing' };
      if (phase.name === 'merging') return { phase: 'shedding' };
      if (phase.name === 'lowering') return { phase: 'dismantling' };
      if (phase.name === 'settling') return { phase: 'publishing', end: { result: 'done', cause: 'person' } };
      const step = phase.name === 'shifting' ? plan.steps[phase.step] : undefined;
      const isWatched = step && (step.judged || step.minDuration > 0);
      return { phase: isWatched ? 'watching' : 'verifying', entries: ['traffic'] };
    }
    case 'observed':
      return observed(rollout, after.rollout);
    case 'published':
      return phase.name === 'publishing' ? { ...closed, entries: [phase.outcome.result] } : stay;
    case 'elapsed':
      return phase.name === 'parked' ? opened(before, rollout, phase.waiting, after.at) : { phase: 'retiring' };
  }
}

/** What is parked goes on as soon as nothing keeps it. */
function opened(
  { previous, unfrozen }: EnvironmentState,
  { plan, approvals }: Rollout,
  waiting: string,
  at: number,
): Expected {
  const kept = keptBy({ plan, approvals, unfrozen }, 0, at);
  if (kept) return { phase: 'parked', entries: kept === waiting ? [] : ['wait'] };
  const warm = previous?.warmUntil ? previous.release.id : null;
  const isTidied = warm !== null && warm !== plan.release.id && warm !== plan.from?.id;
  const isProven = plan.kind === 'rollback' ? warm === plan.release.id : !plan.from;
  return { phase: isTidied ? 'tidying' : isProven ? 'starting' : 'proving', entries: ['wait'] };
}

/** Whether it goes on is for the verdict to say: here is where to. */
function observed(rollout: Rollout, after: Rollout | null): Expected {
  const { phase, plan } = rollout;
  const next = after?.phase;
  if (phase.name !== 'watching') return { phase: phase.name };
  if (next?.name === 'withdrawing') return { phase: 'withdrawing', entries: ['withdraw'] };
  if (next?.name === 'watching') {
    const isLetThrough = (one: Rollout | null) => one?.steps.at(-1)?.promotedBy != null;
    const isNews =
      (next.waiting !== null && next.waiting !== phase.waiting) ||
      next.deadline !== phase.deadline ||
      isLetThrough(after) !== isLetThrough(rollout);
    return { phase: 'watching', entries: isNews ? ['gate'] : [] };
  }
  const [step, following] = [plan.steps[phase.step], plan.steps[phase.step + 1]];
  const isLeft = step?.baseline !== undefined && following?.baseline === undefined;
  return { phase: isLeft ? 'merging' : onwards(rollout, phase.step), entries: ['gate'] };
}

function onwards({ plan }: Rollout, passed: number): Name {
  const [step, following] = [plan.steps[passed], plan.steps[passed + 1]];
  if (!following) return 'verifying';
  return step?.atMost === following.atMost ? 'shifting' : 'growing';
}

const portTaken = ['PORT_IN_USE', 'LISTEN_FAILED'];
const hopeless = [...portTaken, 'RELEASE_UNKNOWN', 'RELEASE_CORRUPT', 'ARTIFACT_CORRUPT', 'COMMAND_MISSING'];
const instead: Partial<Record<Name, Name>> = {
  ...{ tidying: 'publishing', proving: 'publishing', starting: 'clearing', trying: 'clearing' },
  ...{ growing: 'withdrawing', shifting: 'withdrawing', verifying: 'withdrawing' },
  ...{ merging: 'withdrawing', shedding: 'withdrawing' },
};

/** A command that fails is tried again; after five times, or where that can't help, something else is done. */
function failure(
  before: EnvironmentState,
  { phase, plan, failures, isClaimed, steps }: Rollout,
  { problem, at }: Extract<Event, { type: 'failed' }>,
): Expected {
  const stay: Expected = { phase: phase.name };
  const isOfPort = portTaken.includes(problem.code);
  const isEnough = failures.count + 1 >= 5 || hopeless.includes(problem.code);
  if (!isEnough || (!isClaimed && !isOfPort)) return stay;
  const result =
    plan.from && plan.kind === 'deploy' && !['tidying', 'proving'].includes(phase.name) ? 'rolled-back' : 'failed';
  const end = { result, cause: 'world' } as const;
  if (phase.name === 'watching')
    return at - phase.observedAt > plan.judge.noData ? { phase: 'withdrawing', end, entries: ['withdraw'] } : stay;
  if (phase.name === 'publishing')
    return { phase: before.previous?.warmUntil ? 'cooling' : 'over', entries: [phase.outcome.result] };
  // the first route was refused as a whole
  const isUnserved = isOfPort && steps.length === 0 && failures.count === 0 && isClaimed;
  if (phase.name === 'shifting' && isUnserved) return { phase: 'clearing', end };
  const next = instead[phase.name];
  if (!next) return stay;
  return { phase: next, end, entries: next === 'withdrawing' ? ['withdraw'] : [] };
}

/** Who is to blame for checks that did not all pass; `null` when they did. */
function blameOf(checks: readonly CheckResult[], wanted: readonly string[]): Outcome['cause'] | null {
  const statuses = wanted.map((name) => checks.find(({ check }) => check === name)?.status ?? 'skip');
  return statuses.includes('fail') ? 'release' : statuses.includes('skip') ? 'world' : null;
}

const isAwaited = ({ phase, isClaimed }: Rollout, { type }: Answer): boolean =>
  phase.name !== 'over' && (type === 'failed' || type === (isClaimed ? awaited[phase.name] : 'shifted'));

/** What fails is tried again, later each time; what succeeds is forgotten. Each moment has its number. */
function* numberRules(before: EnvironmentState, event: Answer, after: EnvironmentState): Generator<Broken> {
  if (after.sequence !== before.sequence + 1 || after.at !== Math.max(before.at, event.at))
    yield ['each moment has its number', `${after.sequence} at ${after.at} after ${before.sequence} at ${before.at}`];
  const { failures, isClaimed } = after.rollout ?? {};
  if (!failures || !before.rollout) return;
  if (!isAwaited(before.rollout, event)) {
    if (after.rollout !== before.rollout)
      yield ['an answer counts once', `${event.type} while ${before.rollout.phase.name}`];
    return;
  }
  const count = before.rollout.failures.count + 1;
  const isOver = after.rollout?.phase.name !== before.rollout.phase.name;
  const isFailed = event.type === 'failed' && !isOver;
  const isMissing = event.type === 'observed' && event.missing !== undefined && !isOver;
  const due = isFailed ? count : isMissing ? 1 : 0;
  const pause = isFailed ? Math.min(30_000, 250 * 2 ** count) : 0;
  const retryAt = due > 0 ? event.at + pause : 0;
  if (failures.count !== due || failures.retryAt !== retryAt)
    yield [
      'what fails is tried again, later each time',
      `${failures.count} times, again at ${failures.retryAt - event.at}`,
    ];
  if (event.type === 'failed' && failures.problem !== event.problem)
    yield ['what fails is tried again, later each time', `its problem is ${failures.problem?.message}`];
  if (event.type !== 'failed' && !isMissing && !isOver && failures.problem)
    yield ['what fails is tried again, later each time', `${failures.problem.message} is over`];
  const claims = event.type === 'shifted' || before.rollout.isClaimed;
  if (isClaimed !== claims) yield ['a driver first claims the split', `${event.type}: ${isClaimed}`];
}

/** What is live, what was, and what must not be deployed again. */
function* liveRules(
  before: EnvironmentState,
  { plan, phase, isClaimed }: Rollout,
  event: Answer,
  after: EnvironmentState,
): Generator<Broken> {
  const isLive = event.type === 'verified' && phase.name === 'verifying' && after.rollout?.phase.name === 'settling';
  const stable = isLive ? plan.release : before.stable;
  const listening = isLive ? { host: plan.host, port: plan.port, router: plan.router } : before.listening;
  const isCold =
    isClaimed &&
    event.type === 'stopped' &&
    (['tidying', 'retiring'].includes(phase.name) ||
      (phase.name === 'clearing' && plan.steps.length > 0 && before.previous?.release.id === plan.release.id));
  const kept = before.previous && isCold ? { ...before.previous, warmUntil: null } : before.previous;
  const replaced = plan.from && { release: plan.from, warmUntil: event.at + plan.window };
  const isClosed = phase.name === 'publishing' && after.rollout?.phase.name !== 'publishing';
  const isRefused =
    isClosed &&
    phase.outcome.result === 'rolled-back' &&
    phase.outcome.cause === 'release' &&
    before.environment === 'production';
  const others = before.refused.filter(({ release }) => release !== plan.release.id);
  const reason = after.rollout?.outcome?.reason ?? '';
  const expected = {
    stable,
    listening,
    previous: isLive ? replaced : kept,
    refused: isRefused ? [...others, { release: plan.release.id, reason, at: phase.outcome.at }] : before.refused,
  };
  for (const name of ['stable', 'listening', 'previous', 'refused'] as const) {
    const [is, should] = [after[name], expected[name]];
    if (is !== should && JSON.stringify(is) !== JSON.stringify(should))
      yield ['what is live is what was verified', `${name} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`];
  }
  if (isClosed && after.rollout && (after.rollout.endedAt !== phase.outcome.at || !after.rollout.outcome))
    yield ['every rollout ends', 'without an outcome'];
}
