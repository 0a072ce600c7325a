import { seededRandom } from '../../random';
import type { Draw } from '../draw';
import type { Broken } from '../step-rules';
import { aComeback } from './comeback';
import { aMove } from './move';
import { aRivalry } from './rivals';
import { aWatch } from './watch';
import { aWeighing } from './weigh';

/** How often each is drawn in a round. */
const kinds: readonly [times: number, (draw: Draw) => Iterable<Broken> | Promise<Broken[]>][] = [
  [4, aMove],
  [1, aWatch],
  [1, aWeighing],
  [1, aRivalry],
  [1, aComeback],
];

/**
 * Moments that are drawn, not lived through: the code is asked about states, answers, acts and figures that no world leads to often,
 * and must answer by the same rules.
 */
export async function moments(seed: number, rounds = 1): Promise<Broken[]> {
  const draw = seededRandom(seed, 0x3a);
  const broken: Broken[] = [];
  for (let round = 0; round < rounds; round++)
    for (const [times, kind] of kinds) for (let time = 0; time < times; time++) broken.push(...(await kind(draw)));
  return broken;
}
