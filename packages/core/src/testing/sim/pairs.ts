import type { EnvironmentState } from '../../rollout/model';

/**
 * The pair of a phase and of what came to it, from two states that were saved one after the other. `null` where nothing
 * came: a driver that begins saves what it has loaded.
 */
export function pairOf(before: EnvironmentState, after: EnvironmentState, act: string | null): string | null {
  if (before === after) return null;
  const phase = before.rollout?.phase.name ?? 'none';
  if (act) return `${phase} ${act}`;
  const { rollout } = after;
  if (!rollout || !before.rollout) return null;
  if (rollout.failures.problem && rollout.failures !== before.rollout.failures && phase !== 'watching')
    return `${phase} ${rollout.phase.name === phase ? 'failed' : 'gave up'}`;
  if (phase === 'watching' && rollout.phase.name === 'watching' && before.rollout.phase.name === 'watching')
    return rollout.phase.observedAt === before.rollout.phase.observedAt ? 'watching failed' : 'watching stays';
  return `${phase} -> ${rollout.phase.name}`;
}
