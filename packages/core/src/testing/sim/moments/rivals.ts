import { mayReplace, type Version } from '../../../rollout/version';
import { chance, oneOf, whole, type Draw } from '../draw';
import { mayBeStored, versionText, type Broken } from '../step-rules';

/** Two drivers that save, one of whom may know less than the other. */
export function* aRivalry(draw: Draw): Generator<Broken> {
  const [next, stored] = [drawVersion(draw), chance(draw, 0.15) ? null : drawVersion(draw)];
  const after = chance(draw, 0.4) ? undefined : oneOf(draw, [null, stored, drawVersion(draw)]);
  const is = mayReplace(next, stored, after);
  const due = mayBeStored(next, stored, after);
  if (is !== due)
    yield ['only the newest driver saves', `${versionText(next)} in place of ${versionText(stored)}: ${is}`];
}

const drawVersion = (draw: Draw): Version => ({
  generation: whole(draw, 1, 2),
  sequence: whole(draw, 0, 2),
  owner: oneOf(draw, ['driver 1', 'driver 2']),
});
