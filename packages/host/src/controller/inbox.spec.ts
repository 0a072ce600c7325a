import { sluiceError, type Act } from '@sluice/core';
import { createInbox } from './inbox';

const never = new AbortController().signal;
const goal = (by: string): Act => ({ type: 'goal', at: 0, goal: 'production', by });
const all = () => null;

/** What became of a promise so far. */
function follow(promise: Promise<unknown>) {
  const seen = { state: 'waiting' };
  promise.then(
    () => (seen.state = 'done'),
    (thrown: unknown) => (seen.state = String(thrown)),
  );
  return seen;
}
const atRest = () => new Promise((resolve) => setImmediate(resolve));

describe('the inbox of a driver', () => {
  it('gives acts in the order in which they came, and then nothing', async () => {
    const inbox = createInbox(all);
    void inbox.submit(goal('ann'));
    void inbox.submit(goal('ben'));
    expect([inbox.take(), inbox.take(), inbox.take()]).toEqual([goal('ann'), goal('ben'), undefined]);
  });

  it('acknowledges what was taken when a state is saved, and not what still waits', async () => {
    const inbox = createInbox(all);
    const [first, second] = [follow(inbox.submit(goal('ann'))), follow(inbox.submit(goal('ben')))];
    inbox.acknowledge();
    await atRest();
    expect([first.state, second.state]).toEqual(['waiting', 'waiting']);
    inbox.take();
    inbox.acknowledge();
    await atRest();
    expect([first.state, second.state]).toEqual(['done', 'waiting']);
  });

  it('tells whoever waits that the driver failed, once', async () => {
    const inbox = createInbox(all);
    const [taken, queued] = [follow(inbox.submit(goal('ann'))), follow(inbox.submit(goal('ben')))];
    inbox.take();
    inbox.fail(new Error('disk full'));
    await atRest();
    expect([taken.state, queued.state]).toEqual(['Error: disk full', 'Error: disk full']);
    expect(inbox.take()).toBeUndefined();
  });

  it('rings for an act that waits already, and for one that comes later', async () => {
    const inbox = createInbox(all);
    const later = follow(inbox.arrived(never));
    await atRest();
    expect(later.state).toBe('waiting');
    void inbox.submit(goal('ann'));
    await atRest();
    expect(later.state).toBe('done');
    await inbox.arrived(never);
    expect(inbox.take()).toEqual(goal('ann'));
  });

  it('rejects with the reason of a signal that fires before or meanwhile, and keeps the act that comes after', async () => {
    const inbox = createInbox(all);
    const stop = new AbortController();
    const waiting = inbox.arrived(stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(inbox.arrived(stop.signal)).rejects.toThrow('enough');
    void inbox.submit(goal('ann'));
    await inbox.arrived(never);
    expect(inbox.take()).toEqual(goal('ann'));
  });

  it('tells an act that is not admitted so when its turn comes, and rings only for one that is', async () => {
    const refusal = sluiceError('NO_WAY_BACK', { environment: 'production' });
    const inbox = createInbox((act) => (act.type === 'abort' ? refusal : null));
    const arrived = follow(inbox.arrived(never));
    const refused = inbox.submit({ type: 'abort', at: 0, by: 'ann', reason: 'no' });
    await expect(refused).rejects.toBe(refusal);
    expect(arrived.state).toBe('waiting');
    void inbox.submit(goal('ben'));
    await atRest();
    expect(arrived.state).toBe('done');
    expect(inbox.take()).toEqual(goal('ben'));
  });

  it('asks what is admitted only when the act before has been taken', () => {
    let isOpen = true;
    const inbox = createInbox(() => (isOpen ? null : new Error('closed')));
    const second = [inbox.submit(goal('ann')), inbox.submit(goal('ben'))][1];
    inbox.take();
    isOpen = false;
    expect(inbox.take()).toBeUndefined();
    return expect(second).rejects.toThrow('closed');
  });
});
