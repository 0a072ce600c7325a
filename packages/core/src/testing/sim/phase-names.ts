import type { Phase } from '../../rollout/model';

/** Every phase, in the order of a run. */
export const phaseNames: readonly Phase['name'][] = [
  ...([
    'parked',
    'tidying',
    'proving',
    'starting',
    'trying',
    'shifting',
    'growing',
    'watching',
    'merging',
    'shedding',
    'verifying',
  ] as const),
  ...(['settling', 'withdrawing', 'clearing', 'publishing', 'cooling', 'retiring', 'lowering'] as const),
  ...(['dismantling', 'over'] as const),
];
