/// <reference types="jest" />
import { toProblem } from '../errors';

/**
 * What the contract suites share. They use jest's globals, so a suite is called at the top of a spec file:
 *
 *     describeStateStoreContract('the files state store', async () => ({ store: ..., reopen: ..., dispose: ... }));
 *
 * `make` is called once for each test and gives a fresh world; `dispose` ends it, however the test went.
 */
export interface Disposable {
  dispose?: () => Promise<void>;
}

export type Make<Harness extends Disposable> = () => Harness | Promise<Harness>;

type Test<Harness> = (sentence: string, test: (harness: Harness) => Promise<void>) => void;

/** The suite of a port: each of its tests gets a world of its own, and so many ms unless the caller knows better. */
export function contractOf<Harness extends Disposable>(
  port: string,
  usualLimit: number,
  defineTests: (test: Test<Harness>) => void,
) {
  return (name: string, make: Make<Harness>, timeLimit = usualLimit): void => {
    const inWorld = async (test: (harness: Harness) => Promise<void>) => {
      const harness = await make();
      try {
        await test(harness);
      } finally {
        await harness.dispose?.();
      }
    };
    describe(`${name} keeps the contract of ${port}`, () => {
      defineTests((sentence, test) => it(sentence, () => inWorld(test), timeLimit));
    });
  };
}

/** A signal that nobody fires. */
export const quiet = (): AbortSignal => new AbortController().signal;

/** The call rejects with the signal's reason when the signal has fired before. */
export async function expectRefusedWhenAborted(call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const reason = new Error('aborted before');
  await expect(call(AbortSignal.abort(reason))).rejects.toBe(reason);
}

/** The call, if it is still under way, rejects with the signal's reason when the signal fires in the middle of it. */
export async function expectStopsWhenAborted(
  call: (signal: AbortSignal) => Promise<unknown>,
  until: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const stop = new AbortController();
  const reason = new Error('aborted in the middle');
  const settled = call(stop.signal).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  await until();
  stop.abort(reason);
  expect([null, reason]).toContain(await settled);
}

/** The code that a promise rejects with; `null` when it resolves. What is not of the catalogue is thrown on. */
export async function codeOf(promise: Promise<unknown>): Promise<string | null> {
  try {
    await promise;
    return null;
  } catch (thrown) {
    const { code } = toProblem(thrown);
    if (code === 'INTERNAL') throw thrown;
    return code;
  }
}

/** Polls until the answer is true; fails with the sentence after ten seconds of real time. */
export async function eventually(sentence: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`never happened: ${sentence}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
