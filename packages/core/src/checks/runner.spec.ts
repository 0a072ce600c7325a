import { sluiceError } from '../errors';
import type { Clock } from '../ports';
import type { Check, CheckOutcome, CheckResult } from './check';
import { runChecks, stopGrace } from './runner';

const outcome = (status: CheckOutcome['status'], reason: string = status): CheckOutcome => ({
  status,
  reason,
  findings: [],
  figures: {},
});
const checkOf = (name: string, run: Check<string>['run']): Check<string> => ({
  name,
  tool: 'tool',
  version: '1.2.3',
  timeLimit: 60_000,
  run,
});
const never = () => new Promise<never>(() => undefined);
/** Ends as a good check does: soon after the signal, with its reason. */
async function untilStopped(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  signal.throwIfAborted();
  return never();
}

/** A clock that stands still until it is told to go on. */
function handClock(): Clock & { advance(ms: number): Promise<void>; waiting(): number } {
  let now = 1_000;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    waiting: () => sleepers.size,
    async sleepUntil(until, signal) {
      signal.throwIfAborted();
      await new Promise<void>((wake) => {
        const sleeper = { until, wake };
        sleepers.add(sleeper);
        signal.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          wake();
        });
      });
      signal.throwIfAborted();
    },
    async advance(ms) {
      now += ms;
      for (const sleeper of [...sleepers]) {
        if (sleeper.until > now) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
  };
}

describe('the runner', () => {
  const setUp = () => {
    const clock = handClock();
    const stop = new AbortController();
    return {
      clock,
      stop,
      run: (...checks: Check<string>[]) => runChecks(checks, 'it', { clock, signal: stop.signal }),
    };
  };

  it('runs the checks in order, each on the subject, and names tool, version and duration', async () => {
    const { clock, stop } = setUp();
    const order: string[] = [];
    const told: string[] = [];
    const checks = [
      checkOf('first', async (subject) => {
        order.push(`first ${subject}`);
        await clock.advance(250);
        return { ...outcome('pass'), figures: { files: 3 } };
      }),
      checkOf('second', async (subject) => {
        order.push(`second ${subject}`);
        return outcome('skip', 'nothing to do');
      }),
    ];
    const onResult = ({ check }: CheckResult) => told.push(check);

    const results = await runChecks(checks, 'it', { clock, signal: stop.signal, onResult });

    expect(order).toEqual(['first it', 'second it']);
    expect(told).toEqual(['first', 'second']);
    expect(results[0]).toEqual({
      check: 'first',
      tool: 'tool',
      version: '1.2.3',
      status: 'pass',
      reason: 'pass',
      findings: [],
      figures: { files: 3 },
      durationMs: 250,
    });
    expect(results[1]).toMatchObject({ check: 'second', status: 'skip', durationMs: 0 });
    expect(clock.waiting()).toBe(0);
  });

  it('reads the version after the run, for a tool that is asked for it', async () => {
    let version = 'unknown';
    const check = {
      ...checkOf('asked', async () => outcome('pass')),
      run: async () => {
        version = '11.0.0';
        return outcome('pass');
      },
      get version() {
        return version;
      },
    };

    expect((await setUp().run(check))[0]?.version).toBe('11.0.0');
  });

  it('drops what does not belong into a result', async () => {
    const check = checkOf('talkative', async () => ({ ...outcome('pass'), secret: 'x' }));

    expect((await setUp().run(check))[0]).not.toHaveProperty('secret');
  });

  it.each([
    ['an error', async () => Promise.reject(new Error('no such file')), 'could not be run: no such file'],
    ['text', async () => untilStopped(AbortSignal.abort('odd')), 'could not be run: odd'],
    [
      'before it gave a promise',
      () => {
        throw new TypeError('not a function');
      },
      'could not be run: not a function',
    ],
  ])('counts a check that throws %s as failed', async (_, run, reason) => {
    const results = await setUp().run(
      checkOf('broken', run),
      checkOf('next', async () => outcome('pass')),
    );

    expect(results).toMatchObject([
      { status: 'fail', reason },
      { check: 'next', status: 'pass' },
    ]);
  });

  it('tells the remedy of an error of the catalogue', async () => {
    const [result] = await setUp().run(
      checkOf('smoke', async () => {
        throw sluiceError('NESTED_TOO_DEEP', { depth: 2 });
      }),
    );

    expect(result?.reason).toMatch(
      /^could not be run: A Sluice stage started itself again \(2 levels\)\. .*must not name/,
    );
  });

  it('fails a check that overruns its time limit, tells it to stop, and goes on', async () => {
    const { clock, run } = setUp();
    let told: unknown;
    const slow = checkOf('slow', async (_, signal) => {
      try {
        return await untilStopped(signal);
      } catch (reason) {
        told = reason;
        throw reason;
      }
    });

    const running = run(
      slow,
      checkOf('next', async () => outcome('pass')),
    );
    await clock.advance(60_000);

    expect(await running).toMatchObject([
      { check: 'slow', status: 'fail', reason: 'gave no result within 1m', durationMs: 60_000 },
      { check: 'next', status: 'pass' },
    ]);
    expect(told).toEqual(new Error('gave no result within 1m'));
    expect(clock.waiting()).toBe(0);
  });

  it('does not take a pass that comes after the time limit', async () => {
    const { clock, run } = setUp();
    const late = checkOf('late', async (_, signal) => untilStopped(signal).catch(() => outcome('pass')));

    const running = run(late);
    await clock.advance(60_000);

    expect(await running).toMatchObject([{ status: 'fail', reason: 'gave no result within 1m' }]);
  });

  it('leaves a check behind that does not stop when it is told to', async () => {
    const { clock, run } = setUp();

    const running = run(checkOf('deaf', never));
    await clock.advance(60_000);
    await clock.advance(stopGrace);

    expect(await running).toMatchObject([{ status: 'fail', durationMs: 60_000 + stopGrace }]);
  });

  it('rejects with the reason of an abort once the check under way has stopped', async () => {
    const { clock, stop, run } = setUp();
    const next = jest.fn(async () => outcome('pass'));

    const running = run(
      checkOf('slow', (_, signal) => untilStopped(signal)),
      checkOf('next', next),
    );
    stop.abort(new Error('stopped by hand'));

    await expect(running).rejects.toThrow('stopped by hand');
    expect(next).not.toHaveBeenCalled();
    expect(clock.waiting()).toBe(0);
  });

  it('rejects after an abort even when the check is deaf, and when it answers with a pass', async () => {
    const { clock, stop, run } = setUp();
    const running = run(checkOf('deaf', never));
    stop.abort(new Error('stopped by hand'));
    await clock.advance(0);
    await clock.advance(stopGrace);
    await expect(running).rejects.toThrow('stopped by hand');

    const other = setUp();
    const polite = other.run(checkOf('polite', async (_, signal) => untilStopped(signal).catch(() => outcome('pass'))));
    other.stop.abort(new Error('stopped by hand'));
    await expect(polite).rejects.toThrow('stopped by hand');
  });

  it('runs nothing when it was aborted before', async () => {
    const { stop, run } = setUp();
    const check = jest.fn(async () => outcome('pass'));
    stop.abort(new Error('too late'));

    await expect(run(checkOf('any', check))).rejects.toThrow('too late');
    expect(check).not.toHaveBeenCalled();
  });

  it('leaves a pass with critical findings as it is', async () => {
    const found = { ...outcome('pass'), findings: [{ severity: 'critical' as const, message: 'allowed until May' }] };

    expect(await setUp().run(checkOf('secrets', async () => found))).toMatchObject([found]);
  });
});
