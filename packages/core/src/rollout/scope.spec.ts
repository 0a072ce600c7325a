import { getEventListeners } from 'node:events';
import { scoped } from './scope';

const untilAborted = async (signal: AbortSignal): Promise<never> => {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  throw signal.reason;
};

describe('a scope', () => {
  it('gives what the work gives, and ends its signal then', async () => {
    let scope: AbortSignal | null = null;
    const result = await scoped(new AbortController().signal, async (signal) => {
      scope = signal;
      return signal.aborted;
    });
    expect(result).toBe(false);
    expect(scope).toMatchObject({ aborted: true });
  });

  it('fires with the outer signal and its reason', async () => {
    const outer = new AbortController();
    const working = scoped(outer.signal, untilAborted);
    const reason = new Error('enough');
    outer.abort(reason);
    await expect(working).rejects.toBe(reason);
  });

  it('does not begin when the outer signal has fired', async () => {
    const work = jest.fn();
    await expect(scoped(AbortSignal.abort(new Error('before')), work)).rejects.toThrow('before');
    expect(work).not.toHaveBeenCalled();
  });

  it('can be ended by the work, for what it has started', async () => {
    const result = await scoped(new AbortController().signal, async (signal, end) => {
      const waiting = untilAborted(signal).catch(() => 'stopped');
      end();
      return waiting;
    });
    expect(result).toBe('stopped');
  });

  it('leaves nothing on a signal that lives on', async () => {
    const { signal } = new AbortController();
    for (let i = 0; i < 100; i++) await scoped(signal, async () => i);
    await scoped(signal, () => Promise.reject(new Error('odd'))).catch(() => undefined);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
