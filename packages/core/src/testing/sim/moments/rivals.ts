import { mayReplace, type Version } from '../../../rollout/version';
import { chance, oneOf, whole, type Draw } from '../draw';
import type { Broken } from '../step-rules';

/** Two drivers that save, one of whom may know less than the other. */
export function* aRivalry(draw: Draw): Generator<Broken> {
  const [next, stored] = [drawVersion(draw), chance(draw, 0.15) ? null : drawVersion(draw)];
  const after = chance(draw, 0.4) ? undefined : oneOf(draw, [null, stored, drawVersion(draw)]);
  const is = mayReplace(next, stored, after);
  const due = mayBeStored(next, stored, after);
  if (is !== due)
    yield ['only the newest driver saves', `${told(next)} in place of ${told(stored)}, after ${told(after)}: ${is}`];
}

const drawVersion = (draw: Draw): Version => ({
  generation: whole(draw, 1, 2),
  sequence: whole(draw, 0, 2),
  owner: oneOf(draw, ['driver 1', 'driver 2']),
});

const told = (version: Version | null | undefined): string =>
  version ? `${version.generation}.${version.sequence} of ${version.owner}` : String(version);

function mayBeStored(next: Version, stored: Version | null, after: Version | null | undefined): boolean {
  if (stored !== null && told(next) === told(stored)) return true;
  if (after !== undefined && told(after) !== told(stored)) return false;
  if (stored === null) return true;
  const [newer, same] = [next.generation - stored.generation, next.owner === stored.owner];
  return newer > 0 || (newer === 0 && same && next.sequence - stored.sequence >= 0);
}
