import type { EnvironmentState } from '../../rollout/model';
import type { Broken } from './step-rules';

/** Whatever people are told says something, and names whom and what it is about. */
export function* toldRules({ outbox, rollout, generation, sequence, ...state }: EnvironmentState): Generator<Broken> {
  const rule = 'what is told says something';
  for (const [index, { id, project, environment, release, what, by, detail, at }] of outbox.entries()) {
    if (isEmpty(what) || isEmpty(detail) || isEmpty(by)) yield [rule, `${what} by ${by}: "${detail}"`];
    if (id !== `${state.project}/${state.environment}/${generation}.${sequence}.${index}`)
      yield [rule, `its id is ${id}`];
    if (project !== state.project || environment !== state.environment || at > state.at) yield [rule, `${id} at ${at}`];
    if (what !== 'allow' && what !== 'recovered' && release !== (rollout?.plan.release.id ?? null))
      yield [rule, `${id} of ${release}`];
  }
  const reasons = [
    ...(rollout?.outcome ? [rollout.outcome.reason] : []),
    ...(rollout?.verification?.gate.reasons ?? []),
    ...(rollout?.steps.flatMap(({ gate }) => gate?.reasons ?? []) ?? []),
    ...(rollout?.steps.flatMap(({ finding }) => finding ?? []) ?? []),
  ];
  const odd = reasons.find(isEmpty);
  if (odd !== undefined) yield [rule, `"${odd}" in ${rollout?.phase.name}`];
  for (const gate of [rollout?.verification?.gate, rollout?.steps.at(-1)?.gate])
    if (gate?.reasons.length === 0) yield [rule, `a gate says ${gate.verdict} without a reason`];
}

const isEmpty = (text: string): boolean => text.trim() === '' || /undefined|NaN|\[object/.test(text);
