import { aConfig, aPlan, aRelease, aState, aStateIn, phases } from '../testing';
import { refuse } from './acts';
import type { Act, Approval, EnvironmentState, Phase } from './model';
import { nextCommand } from './next';
import { planDeploy, planRollback, type ApprovalRule, type Plan } from './plan';
import { transition } from './transition';

const minute = 60_000;
const now = 10 * minute;
const next = aRelease('next');
const rule = (over: Partial<ApprovalRule> = {}): ApprovalRule => ({
  ...{ before: 'production', by: 2, from: null, ttl: 60 * minute },
  ...over,
});
const planWith = (...approvals: ApprovalRule[]): Plan => aPlan({ approvals });
const approve = (by: string, over: Partial<Extract<Act, { type: 'approve' }>> = {}): Act => ({
  ...{ type: 'approve', at: now, by, before: 'production', release: next.id, reason: 'it was looked at' },
  ...over,
});
const reject: Act = { type: 'reject', at: now, by: 'erin', release: next.id, reason: 'not today' };
const given = (by: string, over: Partial<Approval> = {}): Approval => ({
  ...{ before: 'production', release: next.id, by, at: 0, expires: 60 * minute, reason: 'it was looked at' },
  ...over,
});
const inPhase = (phase: Phase, plan: Plan, approvals: Approval[] = []): EnvironmentState => {
  const state = aStateIn(phase, {}, plan);
  return { ...state, at: now, rollout: state.rollout && { ...state.rollout, approvals } };
};
const waiting = { ...phases.watching, waiting: 'approval' as const };
const code = (state: EnvironmentState, act: Act) => refuse(state, act)?.code ?? null;

describe('an approval', () => {
  const wanted = inPhase(waiting, planWith(rule()));

  it.each<[string, EnvironmentState, Act, string | null]>([
    ['of somebody', wanted, approve('erin'), null],
    ['before its stage is reached', inPhase(phases.starting, planWith(rule())), approve('erin'), null],
    ['of another release', wanted, approve('erin', { release: aRelease('third').id }), 'APPROVAL_OF_OTHER'],
    ['of whoever started it', wanted, approve('dana'), 'APPROVAL_OWN'],
    ['of whoever started it, by CI', wanted, approve('Dana (CI)'), 'APPROVAL_OWN'],
    [
      'of whoever started it, where one is asked for',
      inPhase(waiting, planWith(rule({ by: 1 }))),
      approve('dana'),
      null,
    ],
    ['of the same person', inPhase(waiting, planWith(rule()), [given('erin')]), approve('erin'), 'APPROVAL_TWICE'],
    [
      'of the same person, whose other one has expired',
      inPhase(waiting, planWith(rule()), [given('erin', { expires: now })]),
      approve('erin'),
      null,
    ],
    [
      'of the same person for another stage',
      inPhase(phases.parked, planWith(rule(), rule({ before: 'canary' })), [given('erin')]),
      approve('erin', { before: 'canary' }),
      null,
    ],
    [
      'of somebody who is not named',
      inPhase(waiting, planWith(rule({ from: ['frank', 'gina@example.org'] }))),
      approve('erin'),
      'APPROVER_NOT_NAMED',
    ],
    [
      'of somebody who is named',
      inPhase(waiting, planWith(rule({ from: ['frank', 'gina@example.org'] }))),
      approve('Gina <gina@example.org>'),
      null,
    ],
    ['that has expired on its way', { ...wanted, at: now + 61 * minute }, approve('erin'), 'APPROVAL_EXPIRED'],
    ['that nobody asks for', inPhase(waiting, planWith()), approve('erin'), 'APPROVAL_NOT_WANTED'],
    ['for a stage that has begun', inPhase(phases.growing, planWith(rule())), approve('erin'), 'APPROVAL_NOT_WANTED'],
    ['of the canary once that was begun', wanted, approve('erin', { before: 'canary' }), 'APPROVAL_NOT_WANTED'],
    ['after the rollout', inPhase(phases.cooling, planWith(rule())), approve('erin'), 'APPROVAL_NOT_WANTED'],
    ['on its way back', inPhase(phases.withdrawing, planWith(rule())), approve('erin'), 'APPROVAL_NOT_WANTED'],
    ['where nothing is under way', aState(), approve('erin'), 'APPROVAL_NOT_WANTED'],
    ['that is a rejection', wanted, reject, null],
    ['that is a rejection of another release', wanted, { ...reject, release: 'x' }, 'APPROVAL_OF_OTHER'],
    ['that is a rejection nobody waits for', inPhase(waiting, planWith()), reject, 'APPROVAL_NOT_WANTED'],
  ])('%s', (_, state, act, refused) => {
    expect(code(state, act)).toBe(refused);
    if (refused) expect(transition(state, act).rollout).toEqual(state.rollout);
  });

  it('says who, when, for which release, why and until when, in the state and in the audit log', () => {
    const after = transition(wanted, approve('erin'));
    expect(after.rollout?.approvals).toEqual([
      {
        ...{ before: 'production', release: next.id, by: 'erin', at: now },
        expires: 70 * minute,
        reason: 'it was looked at',
      },
    ]);
    expect(after.outbox).toMatchObject([
      { what: 'approve', by: 'erin', at: now, release: next.id, from: aRelease('first').id, to: next.id },
    ]);
    expect(after.outbox[0]?.detail).toBe('production, good until 1970-01-01 01:10:00 UTC: it was looked at');
  });

  it('takes the place of an expired one of the same person', () => {
    const state = inPhase(waiting, planWith(rule()), [given('erin', { expires: now }), given('frank')]);
    expect(transition(state, approve('erin')).rollout?.approvals.map(({ by }) => by)).toEqual(['frank', 'erin']);
  });
});

describe('a rejection', () => {
  it('takes the release back like an abort, and refuses it to nobody', () => {
    const after = transition(inPhase(waiting, planWith(rule())), reject);
    expect(after.rollout?.phase).toMatchObject({
      name: 'withdrawing',
      outcome: { result: 'rolled-back', cause: 'person', reason: 'rejected by erin: not today' },
    });
    expect(after.outbox.map(({ what }) => what)).toEqual(['reject', 'withdraw']);
    expect(after.outbox[0]).toMatchObject({ from: next.id, to: aRelease('first').id });
  });

  it('of what is parked ends it before anything of it was begun', () => {
    const plan = planWith(rule({ before: 'canary' }));
    expect(transition(inPhase(phases.parked, plan), reject).rollout?.phase.name).toBe('clearing');
  });
});

describe('a rollout', () => {
  const begin = (plan: Plan, state = aState()) => transition(state, { type: 'begin', at: now, plan });
  const holidays = { windows: [{ from: 0, to: 20 * minute, reason: 'holidays' }], knownUntil: 1e9 };
  const elapsed = (state: EnvironmentState, at: number) => transition(state, { type: 'elapsed', at });
  const phaseOf = ({ rollout }: EnvironmentState) => rollout?.phase;

  it('parks before anything of it is done, until enough people agree', () => {
    const parked = begin(planWith(rule({ before: 'canary' })));
    expect(phaseOf(parked)).toMatchObject({ name: 'parked', waiting: 'approval' });
    expect(nextCommand(parked)).toEqual({ type: 'wait', until: now + 60 * minute });
    expect(parked.outbox.map(({ what, detail }) => `${what}: ${detail}`)).toEqual([
      expect.stringContaining('deploy: '),
      'wait: 0 of 2 approvals before canary',
    ]);
    const one = transition(parked, approve('erin', { before: 'canary' }));
    expect(phaseOf(one)?.name).toBe('parked');
    const two = transition(one, approve('frank', { before: 'canary' }));
    expect(phaseOf(two)?.name).toBe('proving');
  });

  it('does not count an approval that expires while it waits for another', () => {
    const parked = begin(planWith(rule({ before: 'canary', ttl: minute })));
    const one = transition(parked, approve('erin', { before: 'canary' }));
    const late = transition(one, approve('frank', { before: 'canary', at: now + minute }));
    expect(phaseOf(late)?.name).toBe('parked');
    const again = transition(late, approve('erin', { before: 'canary', at: now + minute + 1 }));
    expect(phaseOf(again)?.name).toBe('proving');
  });

  it('parks in a freeze, and begins by itself as it ends', () => {
    const parked = begin(aPlan({ freeze: holidays }));
    expect(phaseOf(parked)).toEqual({ name: 'parked', waiting: 'freeze', until: 20 * minute });
    expect(phaseOf(elapsed(parked, 20 * minute - 1))?.name).toBe('parked');
    expect(phaseOf(elapsed(parked, 20 * minute))?.name).toBe('proving');
  });

  it('parks in a freeze that begins while it waits for people', () => {
    const later = { windows: [{ from: now + 1, to: 20 * minute, reason: 'holidays' }], knownUntil: 1e9 };
    const parked = begin(aPlan({ approvals: [rule({ before: 'canary', by: 1 })], freeze: later }));
    const agreed = transition(parked, approve('erin', { before: 'canary', at: now + minute }));
    expect(phaseOf(agreed)).toMatchObject({ name: 'parked', waiting: 'freeze' });
    expect(agreed.outbox.map(({ what }) => what)).toEqual(['approve', 'wait']);
  });

  it('begins in a freeze that somebody lifts, also before it is asked for', () => {
    const lift: Act = { type: 'unfreeze', at: now, by: 'erin', until: now + minute, reason: 'it is urgent' };
    expect(phaseOf(transition(begin(aPlan({ freeze: holidays })), lift))?.name).toBe('proving');
    const lifted = transition(aState(), lift);
    expect(lifted).toMatchObject({ unfrozen: { by: 'erin', until: now + minute, reason: 'it is urgent' } });
    expect(lifted.outbox).toMatchObject([{ what: 'unfreeze', by: 'erin' }]);
    expect(phaseOf(begin(aPlan({ freeze: holidays }), lifted))?.name).toBe('proving');
    expect(phaseOf(begin(aPlan({ freeze: holidays }), { ...lifted, at: now + minute }))?.name).toBe('parked');
  });

  it('that goes back is kept from it by nothing', () => {
    const last = aPlan({ approvals: [rule({ before: 'canary' }), rule()], freeze: holidays });
    const back = planRollback(last, { ...last, release: aRelease('first'), from: next });
    expect(phaseOf(begin(back, aState({ stable: next })))?.name).toBe('proving');
    expect([back.approvals, back.freeze.windows]).toEqual([[], []]);
  });

  it('of staging waits for nobody', () => {
    const config = aConfig({ approvals: [{ before: 'production' }], freeze: [] });
    const { by, place, release, from, project } = aPlan();
    const plan = planDeploy(config, 'staging', 'production', { by, place, release, from, project, freeze: holidays });
    expect([plan.approvals, plan.freeze.windows]).toEqual([[], []]);
  });

  it('is frozen where a freeze is configured and nobody has worked out when', () => {
    const config = aConfig({ freeze: [{ cron: '0 0 * * *', for: '1h', reason: 'nights' }] });
    const { by, place, release, from, project } = aPlan();
    const plan = planDeploy(config, 'production', 'production', { by, place, release, from, project });
    expect(phaseOf(begin(plan))).toMatchObject({ name: 'parked', waiting: 'freeze' });
  });
});
