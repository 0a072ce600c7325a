import type { EnvironmentState, Outcome, Phase } from '../rollout/model';
import type { Plan } from '../rollout/plan';
import { transition } from '../rollout/transition';
import { startWatching } from '../rollout/watch';
import { aPlan, aRelease, aState } from './builders';

const outcome: Outcome = { result: 'rolled-back', reason: 'twice the errors', at: 900, cause: 'release' };
const leftovers = [{ project: 'app', environment: 'production', release: aRelease('older').id }];

/** One of each phase. */
export const phases: { [Name in Phase['name']]: Extract<Phase, { name: Name }> } = {
  parked: { name: 'parked', waiting: 'approval', until: 8e12 },
  tidying: { name: 'tidying', leftovers },
  proving: { name: 'proving' },
  starting: { name: 'starting' },
  trying: { name: 'trying' },
  shifting: { name: 'shifting', step: 0 },
  growing: { name: 'growing', step: 1 },
  merging: { name: 'merging', step: 0 },
  shedding: { name: 'shedding', step: 0 },
  watching: startWatching(aPlan(), 0, 0),
  verifying: { name: 'verifying', since: 0 },
  settling: { name: 'settling' },
  withdrawing: { name: 'withdrawing', outcome },
  clearing: { name: 'clearing', outcome },
  publishing: { name: 'publishing', outcome },
  cooling: { name: 'cooling', until: 5_000 },
  retiring: { name: 'retiring' },
  lowering: { name: 'lowering', leftovers },
  dismantling: { name: 'dismantling', leftovers },
  over: { name: 'over' },
};

/** The state of a rollout of `plan` that is in a phase, with as many steps behind it as the phase implies. */
export function aStateIn(phase: Phase, over: Partial<EnvironmentState> = {}, plan: Plan = aPlan()): EnvironmentState {
  const begun = transition(aState({ stable: plan.from }), { type: 'begin', at: 0, plan });
  if (!begun.rollout) throw new Error('the rollout did not begin');
  const done = !('step' in phase)
    ? 0
    : phase.name === 'shifting' || phase.name === 'growing'
      ? phase.step
      : phase.step + 1;
  const all = ['verifying', 'settling', 'cooling', 'retiring'].includes(phase.name);
  const steps = plan.steps
    .slice(0, all ? plan.steps.length : done)
    .map(({ traffic }) => ({ traffic, since: 0, until: null, gate: null, promotedBy: null, slots: [], finding: null }));
  return { ...begun, outbox: [], sequence: 1, rollout: { ...begun.rollout, phase, steps }, ...over };
}
