import type { Instant } from '../../analysis/figures';
import type { Act, EnvironmentState, Phase, Rollout, Route } from '../../rollout/model';
import type { ApprovalRule } from '../../rollout/plan';
import { weightOf, type Broken } from './step-rules';

type Given = Pick<EnvironmentState, 'unfrozen'> & { approvals: Rollout['approvals']; plan: Rollout['plan'] };

const addressOf = (by: string): string | undefined => /<(.*)>/.exec(by)?.[1];
const nameOf = (by: string): string => by.replace(/ <.*/, '').toLowerCase();
const isOne = (a: string, b: string): boolean =>
  addressOf(a) && addressOf(b) ? addressOf(a) === addressOf(b) : nameOf(a) === nameOf(b);

/** What keeps a step from beginning, said in another way than the code under test says it. `index`: of that step. */
export function keptBy({ plan, approvals, unfrozen }: Given, index: number, at: Instant): 'approval' | 'freeze' | null {
  if (plan.environment === 'staging' || plan.kind === 'rollback') return null;
  const shares = plan.steps.map(({ traffic }) => traffic);
  if (index > 0 && shares[index - 1] === 100) return null;
  const isFirstOfStage = plan.steps.findIndex(({ stage }) => stage === plan.steps[index]?.stage) === index;
  const rule = isFirstOfStage ? plan.approvals.find(({ before }) => before === plan.steps[index]?.stage) : undefined;
  if (rule && countOf({ plan, approvals }, rule, at) < rule.by) return 'approval';
  const isFrozen = plan.freeze.windows.some(({ from, to }) => at >= from && at < to);
  return isFrozen && at >= (unfrozen?.until ?? 0) ? 'freeze' : null;
}

/** Different people, none of them who began it where several are asked for, whose word is not too old. */
function countOf({ plan, approvals }: Pick<Given, 'plan' | 'approvals'>, rule: ApprovalRule, at: Instant): number {
  const agreed = approvals.filter(
    ({ before, release, ...one }) => before === rule.before && release === plan.release.id && one.at + rule.ttl > at,
  );
  const isOther = (by: string): boolean => rule.by === 1 || !isOne(by, plan.by);
  return agreed.filter(({ by }, place) => isOther(by) && agreed.findIndex((one) => isOne(one.by, by)) === place).length;
}

const given = ({ unfrozen }: EnvironmentState, { approvals, plan }: Rollout): Given => ({ unfrozen, approvals, plan });

const forward: readonly Phase['name'][] = ['merging', 'growing', 'shifting', 'verifying'];

/** No step begins before people agree, and none in a freeze. */
export function* consentRules(before: EnvironmentState | undefined, after: EnvironmentState): Generator<Broken> {
  const [was, is] = [before?.rollout, after.rollout];
  if (!before || !was || !is || was.phase.name === is.phase.name) return;
  // a driver that takes over may go on from an earlier moment, and find an earlier rollout where saves were lost
  const isNext = before.generation === after.generation && before.sequence < after.sequence && was.number === is.number;
  if (!isNext) return;
  const step = was.phase.name === 'parked' ? 0 : was.phase.name === 'watching' ? was.phase.step + 1 : null;
  const isOn = was.phase.name === 'parked' ? !('outcome' in is.phase) : forward.includes(is.phase.name);
  const kept = step !== null && isOn ? keptBy(given(after, is), step, after.at) : null;
  if (kept)
    yield ['nothing goes on without consent or in a freeze', `${is.phase.name} after ${was.phase.name}: ${kept}`];
}

/** What waits for consent has no traffic, and what was rejected gets none. */
export function* consentRouteRules(
  route: Route,
  state: EnvironmentState | undefined,
  inForce: Route | undefined,
): Generator<Broken> {
  const { rollout, stable } = state ?? {};
  if (!rollout || rollout.plan.release.id === stable?.id) return;
  const { phase } = rollout;
  const isBack = 'outcome' in phase && phase.outcome.result !== 'done';
  if (phase.name !== 'parked' && !isBack) return;
  const release = rollout.plan.release.id;
  if (weightOf(route, release) > (isBack ? weightOf(inForce, release) : 0))
    yield ['nothing goes on without consent or in a freeze', `${release} gets traffic while ${phase.name}`];
}

type Word = Extract<Act, { type: 'approve' | 'reject' }>;

/** What somebody's word on a release is refused with, or `null`. */
export function refusalOfWord(state: EnvironmentState, act: Word): string | null {
  const { rollout } = state;
  if (!rollout) return 'APPROVAL_NOT_WANTED';
  const { plan, phase } = rollout;
  const wanted = plan.approvals.filter(({ before }) => (act.before ?? before) === before);
  const isOpen = ({ before }: (typeof wanted)[number]): boolean => {
    const first = plan.steps.findIndex(({ stage }) => stage === before);
    if (first < 0) return false;
    if (phase.name === 'parked') return true;
    if (['tidying', 'proving', 'starting', 'trying'].includes(phase.name)) return first > 0;
    return (phase.name === 'shifting' || phase.name === 'watching') && phase.step < first;
  };
  const rule = wanted.find(isOpen);
  if (!rule) return 'APPROVAL_NOT_WANTED';
  if (act.release !== plan.release.id) return 'APPROVAL_OF_OTHER';
  if (act.type === 'reject') return null;
  const now = Math.max(state.at, act.at);
  if (now - act.at >= rule.ttl) return 'APPROVAL_EXPIRED';
  const names = [nameOf(act.by), addressOf(act.by)];
  if (rule.from && !rule.from.some((name) => names.includes(name.toLowerCase()))) return 'APPROVER_NOT_NAMED';
  if (rule.by > 1 && isOne(act.by, plan.by)) return 'APPROVAL_OWN';
  const isThere = rollout.approvals.some(
    ({ before, by, at }) => before === act.before && isOne(by, act.by) && at + rule.ttl > now,
  );
  return isThere ? 'APPROVAL_TWICE' : null;
}
