export interface Point {
  at: number;
  value: number;
}

/** As far as R and Kayenta search: an absolute length, whatever the unit is. */
const tolerance = 1e-4;
const rounds = 1001;

/**
 * Where `f` crosses zero between two points of opposite sign: Brent's method (1973). It takes the steps that R's `uniroot` and Kayenta
 * take, since where a step function is said to cross depends on where it was looked at.
 */
export function rootBetween(f: (at: number) => number, from: Point, to: Point): number {
  if (from.value === 0) return from.at;
  let [before, best, across] = [from, to, from];
  for (let round = 0; round < rounds; round += 1) {
    const lastStep = best.at - before.at;
    if (Math.abs(across.value) < Math.abs(best.value)) [before, best, across] = [best, across, best];
    const least = 2 * Number.EPSILON * Math.abs(best.at) + tolerance / 2;
    const half = (across.at - best.at) / 2;
    if (Math.abs(half) <= least || best.value === 0) return best.at;

    const mayGuess = Math.abs(lastStep) >= least && Math.abs(before.value) > Math.abs(best.value);
    const step = (mayGuess ? guess(before, best, across, least, lastStep) : null) ?? half;
    const at = best.at + (Math.abs(step) >= least ? step : step > 0 ? least : -least);
    before = best;
    best = { at, value: f(at) };
    if (Math.sign(best.value) * Math.sign(across.value) > 0) across = before;
  }
  return best.at;
}

/** A step along the line through two points or the parabola through three; `null` where it leads too far to be trusted. */
function guess(before: Point, best: Point, across: Point, least: number, lastStep: number): number | null {
  const width = across.at - best.at;
  const slope = best.value / before.value;
  let [over, under] = [width * slope, 1 - slope];
  if (before.at !== across.at) {
    const [outer, inner] = [before.value / across.value, best.value / across.value];
    over = slope * (width * outer * (outer - inner) - (best.at - before.at) * (inner - 1));
    under = (outer - 1) * (inner - 1) * (slope - 1);
  }
  if (over > 0) under = -under;
  else over = -over;
  const isNear = over < 0.75 * width * under - Math.abs(least * under) / 2;
  return isNear && over < Math.abs((lastStep * under) / 2) ? over / under : null;
}
