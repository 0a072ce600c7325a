/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Of a normal distribution, mean 0 and deviation 1. */
  normal(): number;
  /** Successes of `n` tries with a chance of `p` each. */
  binomial(n: number, p: number): number;
  /** Events where `mean` are expected. */
  poisson(mean: number): number;
}

/** The parts of a seed are mixed, so that `(1, 2)` and `(2, 1)` differ. Generator: mulberry32 (Ettinger, 2017). */
export function seededRandom(...seed: number[]): Random {
  let state = seed.reduce((hash, part) => mix(mix(hash ^ (part | 0)) ^ Math.floor(part / 2 ** 32)), 0x9e3779b9);
  let spare: number | null = null;

  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
  /** Box and Muller give two at a time. */
  const normal = (): number => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const poisson = (mean: number): number => {
    if (mean > 15) return Math.max(0, Math.round(mean + normal() * Math.sqrt(mean)));
    const end = Math.exp(-mean);
    let count = 0;
    for (let product = next(); product > end; product *= next()) count++;
    return count;
  };
  /** Few are drawn one by one, rare ones as Poisson, many from the normal that they come close to. */
  const binomial = (n: number, p: number): number => {
    if (p <= 0 || n <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p);
    if (n > 15 && n * p <= 5) return Math.min(n, poisson(n * p));
    if (n > 15) return Math.min(n, Math.max(0, Math.round(n * p + normal() * Math.sqrt(n * p * (1 - p)))));
    let hits = 0;
    for (let i = 0; i < n; i++) hits += next() < p ? 1 : 0;
    return hits;
  };
  return { next, normal, binomial, poisson };
}

function mix(value: number): number {
  let t = Math.imul(value ^ (value >>> 15), 1 | value);
  t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
  return t ^ (t >>> 14);
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash >>> 0;
}
