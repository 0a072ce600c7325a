import type { EventSink } from '../ports';
import type { AuditEntry } from '../rollout/model';
import { aState } from './builders';
import { contractOf, type Disposable } from './contract';

export interface EventSinkHarness extends Disposable {
  sink: EventSink;
  /** What another process, started now, would record with. */
  reopen: () => EventSink | Promise<EventSink>;
  /** What the audit log holds, oldest first. */
  entries: () => Promise<readonly AuditEntry[]>;
  /** Leaves half an entry at the end, as a kill in the middle of an append would; left out where that can't happen. */
  tear?: () => void | Promise<void>;
}

const entry = (id: string): AuditEntry => ({
  id,
  at: 1_772_442_000_000,
  project: 'app',
  environment: 'production',
  release: 'ca1733b5cdea',
  what: 'traffic',
  by: 'sluice',
  detail: 'next (ca1733b5cdea) gets 5 % of "traffic"\nsecond line — é',
});
const [one, two, three] = [entry('1.0'), entry('2.0'), entry('3.0')];

const stored = async ({ entries }: EventSinkHarness) =>
  (await entries()).map(({ id, at, project, environment, release, what, by, detail }) => ({
    id,
    at,
    project,
    environment,
    release,
    what,
    by,
    detail,
  }));

/** `make` gives an empty audit log. */
export const describeEventSinkContract = contractOf<EventSinkHarness>('an event sink', 10_000, (test) => {
  test('begins with nothing', async ({ sink }) => {
    expect(await sink.record([])).toEqual({ head: null, count: 0 });
  });

  test('appends entries in order, every word of them', async (harness) => {
    await harness.sink.record([one, two]);
    await harness.sink.record([three]);
    expect(await stored(harness)).toEqual([one, two, three]);
  });

  test('counts entries and gives a new head for each', async ({ sink }) => {
    const first = await sink.record([one]);
    const second = await sink.record([two]);
    expect([first.count, second.count]).toEqual([1, 2]);
    expect(first.head).not.toBeNull();
    expect(second.head).not.toBe(first.head);
    expect(await sink.record([])).toEqual(second);
  });

  test('takes an entry once, however often it is told', async (harness) => {
    const end = await harness.sink.record([one, two]);
    expect(await harness.sink.record([one, two])).toEqual(end);
    expect(await harness.sink.record([two, two])).toEqual(end);
    expect((await harness.sink.record([two, three, three])).count).toBe(3);
    expect(await stored(harness)).toEqual([one, two, three]);
  });

  test('keeps the order of calls that nobody waited for', async (harness) => {
    await Promise.all([harness.sink.record([one]), harness.sink.record([two]), harness.sink.record([three])]);
    expect(await stored(harness)).toEqual([one, two, three]);
  });

  test('goes on after a restart: with the same head, and each entry still once', async (harness) => {
    const end = await harness.sink.record([one, two]);
    const next = await harness.reopen();
    expect(await next.record([])).toEqual(end);
    expect(await next.record([two])).toEqual(end);
    expect((await next.record([three])).count).toBe(3);
    expect(await stored(harness)).toEqual([one, two, three]);
  });

  test('goes on after a crash in the middle of an append', async (harness) => {
    if (!harness.tear) return;
    await harness.sink.record([one]);
    await harness.tear();
    const next = await harness.reopen();
    expect((await next.record([two])).count).toBe(2);
    expect(await stored(harness)).toEqual([one, two]);
  });

  test('never fails or waits to tell the progress', async ({ sink }) => {
    sink.progress(aState(), null);
    sink.progress(aState({ stable: null }), { type: 'elapsed', at: 1 });
  });
});
