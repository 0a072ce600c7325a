import type { AuditEntry, EnvironmentState } from '@sluice/core';
import { aPlan, aStateIn, phases, simulatedClock } from '@sluice/core/testing';
import { createSink, logOf, type AuditLog } from './sink';

const plan = aPlan({ place: { checkout: '/c', worktree: '/w', projectRoot: 'web' } });
const watching = aStateIn({ ...phases.watching, step: 1 }, {}, plan);
const entry = (id: string): AuditEntry => ({
  ...{ id, at: 0, project: 'app', environment: 'production', release: null },
  ...{ what: 'traffic', by: 'sluice', detail: `told ${id}` },
});
const atRest = () => new Promise((resolve) => setImmediate(resolve));

function bench(
  changes: { write?: (line: string) => Promise<void>; audit?: AuditLog; state?: EnvironmentState | null } = {},
) {
  const clock = simulatedClock({ auto: false });
  const lines: string[] = [];
  const recorded: string[] = [];
  const audit: AuditLog = {
    async record(entries) {
      recorded.push(...entries.map(({ id }) => id));
      return { head: 'digest', count: recorded.length };
    },
  };
  const { state = watching } = changes;
  const sink = createSink(
    changes.audit ?? audit,
    async (worktree, _, log, line) => {
      await changes.write?.(line);
      lines.push(`${worktree} ${log}: ${line}`);
    },
    clock,
    () => state,
  );
  return { sink, clock, lines, recorded };
}

describe('the sink', () => {
  it('records in the audit log, gives its end, and tells the story in the log of the step', async () => {
    const { sink, lines, recorded } = bench();
    expect(await sink.record([entry('a'), entry('b')])).toEqual({ head: 'digest', count: 2 });
    await atRest();
    expect(recorded).toEqual(['a', 'b']);
    expect(lines).toEqual([
      expect.stringMatching(/^\/w production: .*told a/),
      expect.stringMatching(/^\/w production: .*told b/),
    ]);
  });

  it('keeps the order of lines, however long each takes to be written', async () => {
    const waits = [5, 0];
    const { sink, lines } = bench({
      write: async () => {
        for (let i = waits.shift() ?? 0; i > 0; i--) await atRest();
      },
    });
    await sink.record([entry('a'), entry('b')]);
    while (lines.length < 2) await atRest();
    expect(lines.map((line) => line.slice(-6))).toEqual(['told a', 'told b']);
  });

  it('fails when the audit log can not be written, and tells no story then', async () => {
    const { sink, lines } = bench({ audit: { record: () => Promise.reject(new Error('ENOSPC')) } });
    await expect(sink.record([entry('a')])).rejects.toThrow('ENOSPC');
    await atRest();
    expect(lines).toEqual([]);
  });

  it('goes on when a log for people can not be written, and writes the next line', async () => {
    let isFull = true;
    const { sink, lines } = bench({ write: () => (isFull ? Promise.reject(new Error('ENOSPC')) : Promise.resolve()) });
    await sink.record([entry('a')]);
    await atRest();
    isFull = false;
    await sink.record([entry('b')]);
    await atRest();
    expect(lines).toHaveLength(1);
  });

  it('tells no story where there is no rollout or it has no place', async () => {
    for (const state of [null, aStateIn(phases.watching)]) {
      const { sink, lines } = bench({ state });
      await sink.record([entry('a')]);
      await atRest();
      expect(lines).toEqual([]);
    }
  });

  it('tells progress now and then, and only while a step is watched', async () => {
    const { sink, clock, lines } = bench();
    for (let second = 0; second < 25; second++) {
      sink.progress(watching, null);
      sink.progress(aStateIn(phases.shifting, {}, plan), null);
      await clock.advance(1_000);
    }
    expect(lines).toHaveLength(3);
  });
});

it.each<[string, EnvironmentState]>([
  ['staging', aStateIn(phases.starting, { environment: 'staging' })],
  ['canary', aStateIn(phases.starting)],
  ['canary', aStateIn({ ...phases.watching, step: 0 })],
  ['production', aStateIn({ ...phases.watching, step: 1 })],
  ['production', aStateIn(phases.verifying)],
])('the log is %s', (log, state) => expect(logOf(state)).toBe(log));
