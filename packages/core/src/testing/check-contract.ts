import type { Check, CheckOutcome } from '../checks/check';
import {
  contractOf,
  expectRefusedWhenAborted,
  expectStopsWhenAborted,
  quiet,
  type Disposable,
  type Make,
} from './contract';

export interface CheckHarness<Subject> extends Disposable {
  check: Check<Subject>;
  /** What the check has nothing to say against. */
  good: Subject;
  /** What it must block. */
  bad: Subject;
  /** What it has nothing to do with, if there is such a thing: it is skipped, with the reason. */
  foreign?: Subject;
  /** The check's work is under way: an abort from now on comes in the middle. At once where it is left out. */
  underWay?: () => Promise<void>;
}

/** `make` gives a check and its subjects; `timeLimit` is for each test, in milliseconds. */
export const describeCheckContract = <Subject>(
  name: string,
  make: Make<CheckHarness<Subject>>,
  timeLimit?: number,
): void => checkContract<Subject>()(name, make, timeLimit);

const checkContract = <Subject>() =>
  contractOf<CheckHarness<Subject>>('a check', 60_000, (test) => {
    test('says who it is and how long it may take', async ({ check }) => {
      expect(check.name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(check.tool).not.toBe('');
      expect(check.version).not.toBe('');
      expect(check.timeLimit).toBeGreaterThan(0);
    });

    test('passes what is good', async ({ check, good }) => {
      const outcome = await check.run(good, quiet());
      expect(outcome.status).toBe('pass');
      expectWellFormed(outcome);
    });

    test('blocks what is bad, and says why', async ({ check, bad }) => {
      const outcome = await check.run(bad, quiet());
      expect(outcome.status).toBe('fail');
      expectWellFormed(outcome);
    });

    test('skips what is none of its business, and says why', async ({ check, foreign }) => {
      if (foreign === undefined) return;
      const outcome = await check.run(foreign, quiet());
      expect(outcome.status).toBe('skip');
      expectWellFormed(outcome);
    });

    test('comes to the same verdict again', async ({ check, bad }) => {
      const first = await check.run(bad, quiet());
      const second = await check.run(bad, quiet());
      expect(second.status).toBe(first.status);
      expect(second.findings).toEqual(first.findings);
    });

    test('rejects with the reason of a signal that has fired before', async ({ check, good }) => {
      await expectRefusedWhenAborted((signal) => check.run(good, signal));
    });

    test('stops with the reason of a signal that fires in the middle, and can be run again', async (harness) => {
      const { check, good, underWay } = harness;
      await expectStopsWhenAborted((signal) => check.run(good, signal), underWay);
      expect((await check.run(good, quiet())).status).toBe('pass');
    });
  });

/** Plain data with a sentence and finite figures: it goes through JSON unchanged. */
function expectWellFormed(outcome: CheckOutcome): void {
  expect(outcome.reason.trim()).not.toBe('');
  expect(Object.values(outcome.figures).filter((figure) => !Number.isFinite(figure))).toEqual([]);
  expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
}
