/** A turn of the split: which slot is next, and the credits to hand to the following turn. */
export interface Turn {
  index: number;
  credits: readonly number[];
}

/**
 * Smooth weighted round robin, as nginx does it: every slot is credited its weight, the one with the most credit gets
 * the request and pays the total for it. So 5 % is 5 of every 100 requests, evenly spread, whatever the order of
 * arrival; no run of requests differs from its share by more than one.
 * @returns `undefined` when all weights are 0
 */
export function nextTurn(weights: readonly number[], credits: readonly number[]): Turn | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return undefined;
  const credited = weights.map((weight, index) => (credits[index] ?? 0) + weight);
  let best = -1;
  let most = -Infinity;
  credited.forEach((credit, index) => {
    if (credit > most && (weights[index] ?? 0) > 0) {
      best = index;
      most = credit;
    }
  });
  return { index: best, credits: credited.map((credit, index) => (index === best ? credit - total : credit)) };
}

/**
 * The instance whose turn it is: round robin from `start`, passing over what was tried already and, as long as another
 * one is left, what refused a connection a moment ago.
 */
export function nextInstance<T extends { ejectedUntil: number }>(
  instances: readonly T[],
  start: number,
  now: number,
  tried: ReadonlySet<T>,
): T | undefined {
  let ejected: T | undefined;
  for (let step = 0; step < instances.length; step += 1) {
    const instance = instances[(start + step) % instances.length];
    if (instance === undefined || tried.has(instance)) continue;
    if (instance.ejectedUntil <= now) return instance;
    ejected ??= instance;
  }
  return ejected;
}
