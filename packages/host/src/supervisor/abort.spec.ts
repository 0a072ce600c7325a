import { abortable, linked } from './abort';
import { signal } from './testing';

const forever = new Promise<never>(() => {});

describe('abortable', () => {
  it('settles as the promise does', async () => {
    expect(await abortable(Promise.resolve(1), signal)).toBe(1);
    await expect(abortable(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('rejects with the reason when the signal fires', async () => {
    const controller = new AbortController();
    const waiting = abortable(forever, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('rejects at once when the signal has fired', async () => {
    await expect(abortable(forever, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});

describe('linked', () => {
  it('passes the reason of the outer signal on', async () => {
    const controller = new AbortController();
    const work = linked(controller.signal, (inner) => abortable(forever, inner));
    controller.abort(new Error('outer'));
    await expect(work).rejects.toThrow('outer');
  });

  it('can end its work by itself', async () => {
    const work = linked(signal, (inner, end) => {
      end(new Error('inner'));
      return abortable(forever, inner);
    });
    await expect(work).rejects.toThrow('inner');
    expect(signal.aborted).toBe(false);
  });
});
