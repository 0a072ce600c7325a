import { setTimeout as wait } from 'node:timers/promises';

/** Asks again and again until the answer is neither false, null nor undefined. Rejects after `limit` ms. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { limit = 60_000, every = 100 } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + limit;
  for (;;) {
    const answer = await ask();
    if (isAnswer(answer)) return answer;
    if (performance.now() > end) throw new Error(`waited ${limit / 1000} s for ${what}`);
    await wait(every);
  }
}

const isAnswer = <T>(answer: T): answer is Exclude<T, false | null | undefined> =>
  answer !== false && answer !== null && answer !== undefined;
