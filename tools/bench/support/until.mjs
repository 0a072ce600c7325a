import { setTimeout as wait } from 'node:timers/promises';

/** Asks again and again until the answer is truthy, and gives that. */
export async function until(what, ask, limit = 60_000) {
  const end = performance.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`waited ${limit / 1000} s in vain for ${what}`);
    await wait(20);
  }
}
