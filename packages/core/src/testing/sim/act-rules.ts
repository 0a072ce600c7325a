import type { SluiceError } from '../../errors';
import { nameOf } from '../../release';
import type { Act, EnvironmentState, Phase } from '../../rollout/model';
import { keptBy, refusalOfWord } from './consent-rules';
import type { Broken } from './step-rules';

const rule = 'an act does what it says';
const settled: readonly Phase['name'][] = ['cooling', 'retiring', 'over'];
const decided: readonly Phase['name'][] = [
  ...(['settling', 'withdrawing', 'clearing', 'publishing', 'lowering', 'dismantling'] as const),
];

const whole = { stage: 'production', traffic: 100, judged: false, minDuration: 0, maxDuration: 0 };
/** Steps, trial and verification of a way back. */
const atOnce = JSON.stringify([[whole], [], ['health']]);

/** What an act is refused with, or `null`. */
function refusalOf({ rollout, ...rest }: EnvironmentState, act: Act): string | null {
  const isUnderWay = rollout !== null && !settled.includes(rollout.phase.name);
  const { stable, refused } = rest;
  const isRefused = (release: string) => refused.some((refusal) => refusal.release === release);
  switch (act.type) {
    case 'goal':
    case 'merged':
      return null;
    case 'begin': {
      const { release, from, kind } = act.plan;
      if (isUnderWay) return 'ROLLOUT_IN_PROGRESS';
      if (release.id === stable?.id) return 'RELEASE_LIVE';
      if (from?.id !== stable?.id) return 'PLAN_STALE';
      return kind === 'deploy' && isRefused(release.id) ? 'RELEASE_REFUSED' : null;
    }
    case 'abort':
      if (!isUnderWay) return 'NO_WAY_BACK';
      return decided.includes(rollout.phase.name) ? 'ROLLOUT_DECIDED' : null;
    case 'promote':
      return rollout?.phase.name === 'watching' && rollout.phase.waiting === 'person' ? null : 'ROLLOUT_NOT_HELD';
    case 'approve':
    case 'reject':
      return isUnderWay ? refusalOfWord({ rollout, ...rest }, act) : 'APPROVAL_NOT_WANTED';
    case 'unfreeze':
      return null;
    case 'down':
      return isUnderWay ? 'ROLLOUT_IN_PROGRESS' : null;
    case 'allow':
      return isRefused(act.release) ? null : 'RELEASE_NOT_REFUSED';
  }
}

/** Each act does one thing or is refused with its reason, and is in the audit log under the name of whoever wanted it. */
export function* actRules(
  before: EnvironmentState,
  act: Act,
  after: EnvironmentState,
  refusal?: SluiceError | null,
): Generator<Broken> {
  const due = refusalOf(before, act);
  if (refusal !== undefined && (refusal?.code ?? null) !== due)
    yield [rule, `${act.type}: ${refusal?.code}, not ${due}`];
  if (refusal && (!refusal.message || !refusal.remedy || /undefined|null/.test(refusal.message + refusal.remedy)))
    yield [rule, `${act.type} is refused without a reason: ${refusal.message}`];
  const told = refusal ? `${refusal.message} ${refusal.remedy}` : '';
  const command =
    due === 'ROLLOUT_IN_PROGRESS' ? ':deploy-rollback' : due === 'RELEASE_REFUSED' ? ':deploy-retry --release=' : '';
  const named = due === 'RELEASE_NOT_REFUSED' ? before.refused.map(({ release }) => release) : [];
  const missing = [command, ...named].find((part) => !told.includes(part));
  const isFromNothing = act.type === 'begin' && (!before.stable || !act.plan.from);
  if (refusal && due === 'PLAN_STALE' && told.includes('nothing') !== isFromNothing)
    yield [rule, `${act.type} is refused: ${told}`];
  if (refusal && missing !== undefined) yield [rule, `${act.type} is refused without ${missing}: ${told}`];
  if (due === null) yield* effects(before, act, after);
  else if (refusal === undefined && (after.rollout !== before.rollout || after.outbox.length > 0))
    yield [rule, `${act.type} was not admitted and does something`];
}

/** A step that waited and may go on has its time once more. */
function headed({ rollout }: EnvironmentState, { goal, at }: Extract<Act, { type: 'goal' }>): Phase | undefined {
  if (rollout?.phase.name !== 'watching' || rollout.phase.waiting !== 'goal' || goal === 'canary')
    return rollout?.phase;
  const most = rollout.plan.steps[rollout.phase.step]?.maxDuration ?? NaN;
  return { ...rollout.phase, waiting: null, deadline: at + most };
}

/** A word opens what is parked, and changes nothing of what is further. */
function* lookedAt(
  before: EnvironmentState,
  act: Act,
  after: EnvironmentState,
  wrong: (what: string) => Broken,
): Generator<Broken> {
  const [was, is] = [before.rollout, after.rollout];
  const entries = after.outbox.map(({ what }) => what).join();
  if (was?.phase.name !== 'parked' || !is) {
    if (entries !== act.type || is?.phase !== was?.phase) yield wrong(`${entries}: it is ${is?.phase.name}`);
    return;
  }
  const kept = keptBy({ plan: is.plan, approvals: is.approvals, unfrozen: after.unfrozen }, 0, after.at);
  if (is.phase.name === 'parked' ? is.phase.waiting !== kept : kept) yield wrong(`${is.phase.name}, kept by ${kept}`);
  const isNews = is.phase.name !== 'parked' || is.phase.waiting !== was.phase.waiting;
  if (entries !== (isNews ? `${act.type},wait` : act.type)) yield wrong(entries);
}

function* effects(before: EnvironmentState, act: Act, after: EnvironmentState): Generator<Broken> {
  const entries = after.outbox.map(({ what }) => what).join();
  const wrong = (what: string): Broken => [rule, `${act.type} while ${before.rollout?.phase.name ?? 'none'}: ${what}`];
  const { rollout } = after;
  const phase = rollout?.phase;
  if ('by' in act && after.outbox[0] && after.outbox[0].by !== act.by) yield wrong(`done by ${after.outbox[0].by}`);
  switch (act.type) {
    case 'goal':
      if (
        entries !== (before.rollout && before.rollout.plan.goal !== act.goal ? 'goal' : '') ||
        rollout?.plan.goal !== (before.rollout ? act.goal : undefined)
      )
        yield wrong(`${rollout?.plan.goal}`);
      if (phase?.name !== before.rollout?.phase.name) yield wrong(`it is ${phase?.name}`);
      if (JSON.stringify(phase) !== JSON.stringify(headed(before, act))) yield wrong('it is another step');
      return;
    case 'merged':
      if (phase?.name !== before.rollout?.phase.name) yield wrong(`it is ${phase?.name}`);
      if (after.outbox.length !== 1 || after.outbox[0]?.release !== act.release) yield wrong(entries);
      return;
    case 'allow':
      if (entries !== 'allow' || after.outbox[0]?.release !== act.release || after.outbox[0].detail !== act.reason)
        yield wrong(entries);
      if (after.refused.length !== before.refused.length - 1) yield wrong('others are allowed');
      if (after.refused.some(({ release }) => release === act.release)) yield wrong('it is refused still');
      return;
    case 'reject':
    case 'abort': {
      if (!before.rollout || !phase || !('outcome' in phase)) {
        yield wrong('it goes on');
        return;
      }
      const { result, cause, reason, at } = phase.outcome;
      const hadTraffic = before.rollout.steps.length > 0 || before.rollout.phase.name === 'shifting';
      if (phase.name !== (hadTraffic ? 'withdrawing' : 'clearing')) yield wrong(`it is ${phase.name}`);
      if (entries !== (hadTraffic ? `${act.type},withdraw` : act.type)) yield wrong(entries);
      const { plan } = before.rollout;
      if (result !== (plan.from && plan.kind === 'deploy' ? 'rolled-back' : 'failed')) yield wrong(result);
      if (cause !== 'person' || at !== act.at || !reason.includes(act.reason) || !reason.includes(act.by))
        yield wrong(`${cause}: ${reason}`);
      return;
    }
    case 'approve': {
      const given = rollout?.approvals.at(-1);
      const { by, reason, before: stage, release } = act;
      const rule = before.rollout?.plan.approvals.find((one) => one.before === stage);
      const due = { before: stage, release, by, at: act.at, expires: act.at + (rule?.ttl ?? NaN), reason };
      if (JSON.stringify(given) !== JSON.stringify(due)) yield wrong(`gives ${JSON.stringify(given)}`);
      if (!after.outbox[0]?.detail.endsWith(reason) || after.outbox[0].to !== release) yield wrong('who reads it?');
      yield* lookedAt(before, act, after, wrong);
      return;
    }
    case 'unfreeze': {
      const { by, at, until, reason } = act;
      if (JSON.stringify(after.unfrozen) !== JSON.stringify({ by, at, until, reason })) yield wrong('until when?');
      if (!after.outbox[0]?.detail.endsWith(reason)) yield wrong('why?');
      yield* lookedAt(before, act, after, wrong);
      return;
    }
    case 'promote': {
      if (entries !== 'promote' || after.outbox[0]?.detail !== act.reason) yield wrong(entries);
      const [was, is] = [before.rollout, rollout].map((one) => one && { ...one, steps: one.steps.slice(0, -1) });
      const due = was && { ...was, phase: { ...was.phase, waiting: null } };
      if (JSON.stringify(is) !== JSON.stringify(due)) yield wrong('something else changes');
      const [had, has] = [before.rollout, rollout].map((one) => one?.steps.at(-1));
      if (JSON.stringify(has) !== JSON.stringify({ ...had, promotedBy: `${act.by}: ${act.reason}` }))
        yield wrong(`by ${has?.promotedBy}`);
      return;
    }
    case 'down': {
      if (!before.rollout && !before.stable) {
        if (rollout || entries) yield wrong('there is nothing to take down');
        return;
      }
      if (after.outbox[0]?.detail.includes('lost') !== (before.rollout === null)) yield wrong('what was lost');
      if (after.stable || after.listening || after.previous || entries !== 'down') yield wrong(entries);
      const named = [before.stable, before.previous?.release, before.rollout?.plan.release].flatMap(
        (ref) => ref?.id ?? [],
      );
      const stopped = phase?.name === 'lowering' ? phase.leftovers.map(({ release }) => release) : [];
      if (stopped.join() !== [...new Set(named)].join()) yield wrong(`stops ${stopped.join()} of ${named.join()}`);
      return;
    }
    case 'begin': {
      const { plan } = act;
      const warm = before.previous?.warmUntil ? before.previous.release.id : null;
      const isTidied = warm !== null && warm !== plan.release.id && warm !== plan.from?.id;
      const isProven = plan.kind === 'rollback' ? warm === plan.release.id : !plan.from;
      if (!rollout || !phase) {
        yield wrong('nothing begins');
        return;
      }
      const kept = keptBy({ plan, approvals: [], unfrozen: before.unfrozen }, 0, after.at);
      const opening = isTidied ? 'tidying' : isProven ? 'starting' : 'proving';
      if (phase.name !== (kept ? 'parked' : opening)) yield wrong(`it is ${phase.name}`);
      if (phase.name === 'parked' && phase.waiting !== kept) yield wrong(`it waits for ${phase.waiting}`);
      if (phase.name === 'tidying' && phase.leftovers.map(({ release }) => release).join() !== warm)
        yield wrong('untidy');
      if (after.generation !== before.generation + 1 || rollout.number !== after.generation || after.sequence !== 0)
        yield wrong(`its number is ${rollout.number}`);
      const detail = after.outbox[0]?.detail ?? '';
      const origin = plan.from ? `after ${nameOf(plan.from)}` : 'the first release';
      if (!detail.startsWith(nameOf(plan.release)) || !detail.endsWith(origin)) yield wrong(detail);
      if (plan.kind === 'rollback' && JSON.stringify([plan.steps, plan.trial, plan.verify]) !== atOnce)
        yield wrong('it is no way back at once');
      if (entries !== (kept ? `${plan.kind},wait` : plan.kind) || after.outbox[0]?.by !== plan.by) yield wrong(entries);
      if (rollout.plan !== plan || rollout.startedAt !== act.at || !rollout.isClaimed) yield wrong('it is another one');
      const { steps, outcome, endedAt, verification, wayBack, failures, approvals } = rollout;
      if (steps.length > 0 || approvals.length > 0 || outcome || endedAt || verification || wayBack || failures.count)
        yield wrong('not new');
    }
  }
}
