import { armsOf } from '../../analysis/arms';
import { lookAt, type Look } from '../../analysis/mann-whitney/look';
import { addPoint, type Point } from '../../analysis/mann-whitney/points';
import type { JudgeSettings } from '../../analysis/methods';
import { heardOf, type Watched } from './second-opinion';

type Settings = Extract<JudgeSettings, { method: 'mann-whitney' }>;

/** The latest look that is due by all that a step was told; `null` before the first, and without a request of both releases. */
export function latestLook(watched: Watched, settings: Settings): Look | null {
  const counted = heardOf(watched).map(({ interval }) => interval);
  let [lookedAt, size] = [watched.from, 0];
  for (const [index, { to }] of counted.entries()) {
    if (to - lookedAt < settings.judgeEvery) continue;
    [lookedAt, size] = [to, index + 1];
  }
  const seen = counted.slice(0, size).map(armsOf);
  const isUsed = (arm: 'canary' | 'baseline') => seen.some((arms) => arms[arm].requests > 0);
  if (!isUsed('canary') || !isUsed('baseline')) return null;
  return lookAt(
    seen.reduce<Point[]>((points, arms) => addPoint(points, arms), []),
    settings,
  );
}
