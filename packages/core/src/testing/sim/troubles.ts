import { chance, oneOf, whole, type Draw } from './draw';
import type { Phase } from '../../rollout/model';
import { phaseNames } from './phase-names';
import type { ReleaseName } from './scenario';
import { callTroubles, type CallTroubleName } from './troubles-of-calls';
import { worldTroubles, type WorldTroubleName } from './troubles-of-the-world';

/** One thing that goes wrong. Every kind draws the same members and uses those that it has a meaning for. */
export type Trouble = { size: number; release: ReleaseName; lasts: number } & (
  | { kind: WorldTroubleName; after: number }
  /** It begins when a rollout first is in that phase: some last a moment, and no time that is drawn would meet them. */
  | { kind: WorldTroubleName; during: Phase['name'] }
  | { kind: CallTroubleName; call: number }
);

export const isOfCall = (trouble: Trouble): trouble is Extract<Trouble, { call: number }> => 'call' in trouble;

const worldKinds = Object.keys(worldTroubles).filter((name): name is WorldTroubleName => name in worldTroubles);
const callKinds = Object.keys(callTroubles).filter((name): name is CallTroubleName => name in callTroubles);

/**
 * The disk lost what it had promised to keep: who had taken over, or the whole state while another driver acts on. Then no
 * driver can know what runs, and it is for the next one that takes over to find and mend it.
 */
export function forgetsItsOwner({ troubles }: { troubles: readonly Trouble[] }): boolean {
  const has = (part: string) => troubles.some(({ kind }) => kind.includes(part));
  return has('saves are lost') || (has('its state is gone') && has('a second'));
}

/** One in five deployments meets nothing but its own release; the others up to six troubles at once. */
export function drawTroubles(draw: Draw): Trouble[] {
  const count = oneOf(draw, [0, 1, 1, 1, 2, 2, 3, 4, 6, 1]);
  return Array.from({ length: count }, () => drawTrouble(draw));
}

/** The driver dies some times, for a moment. */
export const drawDeaths = (draw: Draw): Trouble[] =>
  Array.from({ length: whole(draw, 1, 3) }, () => ({
    ...{ size: 1, release: 'next', lasts: whole(draw, 1, 3000) },
    kind: oneOf(draw, ['the driver dies', 'the driver dies after a call']),
    call: whole(draw, 1, 130),
  }));

function drawTrouble(draw: Draw): Trouble {
  const lasts = oneOf(draw, [1, 10, 30, 90, 300, 1800]) * whole(draw, 1, 1000);
  const common = {
    size: chance(draw, 0.2) ? 200 : whole(draw, 1, 1000), // 200: a share of errors that is a ceiling, too
    release: oneOf(draw, ['first', 'next', 'next', 'third'] as const),
    lasts,
  };
  return chance(draw, 0.5)
    ? { ...common, kind: oneOf(draw, callKinds), call: 1 + Math.floor(draw.next() ** 1.5 * 130) }
    : {
        ...{ ...common, kind: oneOf(draw, worldKinds) },
        ...(chance(draw, 0.4) ? { during: oneOf(draw, unfinished) } : { after: whole(draw, 0, 240) * 1000 }),
      };
}

const unfinished = phaseNames.filter((name) => name !== 'over');
