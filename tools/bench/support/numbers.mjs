export const median = (numbers) => percentile(numbers, 0.5);

/** The smallest number that a share of them does not exceed. */
export function percentile(numbers, share) {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** Runs every subject once a round, each round beginning with another one, so that none is always first or last. */
export async function interleaved(subjects, rounds, measure) {
  const samples = subjects.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < subjects.length; turn += 1) {
      const index = (round + turn) % subjects.length;
      samples[index].push(await measure(subjects[index]));
    }
  }
  return samples;
}

export const whole = (number) => Math.round(number).toLocaleString('en-US');
export const ms = (number) => `${number < 10 ? number.toFixed(1) : whole(number)} ms`;
export const ratio = (number) => number.toFixed(2);
export const plural = (count, one, more = `${one}s`) => `${whole(count)} ${count === 1 ? one : more}`;
