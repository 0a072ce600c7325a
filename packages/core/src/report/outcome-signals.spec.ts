import { planRollback } from '../rollout/plan';
import { transition } from '../rollout/transition';
import { outcomeSignals, stageError } from './outcome-signals';
import { completionSchema, errorSignalSchema, rollbackSignalSchema } from './signal-schema';
import { aCheck, aPlan, aState, begun, failing, first, isIn, next, played } from './testing/example';

const done = played(begun(aPlan())).state;
const rolledBack = played(begun(aPlan()), { traffic: failing });

describe('what phase 6 tells of a rollout', () => {
  it('is the completion signal alone when it is done', () => {
    const signals = outcomeSignals(done);
    expect(signals).toMatchObject({ complete: { status: 'success', release: next.id }, error: null, rollback: null });
    expect(completionSchema.parse(signals?.complete)).toEqual(signals?.complete);
  });

  it('is the error and the way back, with the keys that are promised first and in order, when it was rolled back', () => {
    const signals = outcomeSignals(rolledBack.state);
    expect(signals?.complete).toBeNull();
    expect(Object.keys(signals?.error ?? {}).slice(0, 4)).toEqual(['phase', 'status', 'failed_at', 'error']);
    expect(signals?.error).toMatchObject({
      ...{ phase: 6, status: 'error', stage: 'canary', release: next.id },
      failed_at: expect.stringMatching(/^2026-11-23T13:\d\d:\d\dZ$/) as unknown,
      error: {
        ...{ type: 'ROLLED_BACK', recovery_attempted: true, recovery_successful: true, requires_human: false },
      },
    });
    expect(Object.keys(signals?.error?.error ?? {})).toEqual([
      ...['type', 'message', 'recovery_attempted', 'recovery_successful', 'requires_human'],
    ]);
    expect(Object.keys(signals?.rollback ?? {}).slice(0, 4)).toEqual([
      ...['action', 'timestamp', 'reason', 'previous_version_restored'],
    ]);
    expect(signals?.rollback).toMatchObject({
      ...{ action: 'rollback', previous_version_restored: true, release: next.id, restored: first.id },
    });
    expect(errorSignalSchema.parse(signals?.error)).toEqual(signals?.error);
    expect(rollbackSignalSchema.parse(signals?.rollback)).toEqual(signals?.rollback);
  });

  it('is the same while it is published and after it is over', () => {
    const publishing = played(begun(aPlan()), { traffic: failing, until: isIn('publishing') }).state;
    expect(outcomeSignals(publishing)).toEqual(outcomeSignals(rolledBack.state));
  });

  it('is only an error where nothing was live before: there is nothing that could be restored', () => {
    const plan = aPlan({}, { from: null });
    const { state } = played(begun(plan), {
      answer: (command, at) =>
        command.type === 'verify' ? { type: 'verified', at, checks: [aCheck('smoke', { status: 'fail' })] } : null,
    });
    const signals = outcomeSignals(state);
    expect(signals?.complete).toBeNull();
    expect(signals?.error?.error).toMatchObject({ recovery_successful: false });
    expect(signals?.rollback?.previous_version_restored ?? false).toBe(false);
  });

  it('needs a person where one has ended it', () => {
    const { state, now } = played(begun(aPlan()), { until: isIn('watching', 0) });
    const ended = played(transition(state, { type: 'abort', at: now, by: 'bob', reason: 'not today' })).state;
    expect(outcomeSignals(ended)).toMatchObject({
      complete: null,
      error: { error: { recovery_attempted: true, recovery_successful: true, requires_human: true } },
      rollback: { previous_version_restored: true, restored: first.id },
    });
  });

  it('is the way back alone when a person went back later', () => {
    const live = played(begun(aPlan()), { until: isIn('cooling') }).state;
    const back = planRollback(aPlan(), { project: 'app', release: first, from: next, by: 'bob', place: null });
    const signals = outcomeSignals(played(begun(back, live)).state);
    expect(signals).toMatchObject({ complete: null, error: null });
    expect(signals?.rollback).toMatchObject({
      ...{ previous_version_restored: true, release: next.id, restored: first.id },
    });
  });

  it('is an error that needs a person when that failed', () => {
    const live = played(begun(aPlan()), { until: isIn('cooling') }).state;
    const back = planRollback(aPlan(), { project: 'app', release: first, from: next, by: 'bob', place: null });
    const { state } = played(begun(back, live), {
      answer: (command, at) =>
        command.type === 'start' ? { type: 'started', at, ok: false, reason: 'its files are gone' } : null,
    });
    expect(outcomeSignals(state)).toMatchObject({
      ...{ complete: null, rollback: null },
      error: { error: { type: 'ROLLBACK_FAILED', recovery_successful: false, requires_human: true } },
    });
  });

  it('is an error of staging, and nothing when staging went well', () => {
    const plan = aPlan({}, { environment: 'staging', from: null });
    expect(outcomeSignals(played(begun(plan)).state)).toBeNull();
    const { state } = played(begun(plan), {
      answer: (command, at) =>
        command.type === 'verify' ? { type: 'verified', at, checks: [aCheck('smoke', { status: 'fail' })] } : null,
    });
    expect(outcomeSignals(state)).toMatchObject({ complete: null, rollback: null, error: { stage: 'staging' } });
  });

  it.each([
    ['there is none', aState()],
    ['it is under way', played(begun(aPlan()), { until: isIn('watching', 0) }).state],
  ])('is not known when %s', (_, state) => {
    expect(outcomeSignals(state)).toBeNull();
  });
});

describe('the error of a stage', () => {
  it.each([
    ['STAGE_FAILED', false],
    ['TREE_DIRTY', false],
    ['ROLLOUT_HELD', true],
    ['RELEASE_REFUSED', true],
  ])('of the type %s needs a person: %s', (type, needs) => {
    const signal = stageError('load', { type, message: 'too slow', at: Date.UTC(2026, 10, 23), release: null });
    expect(signal).toEqual({
      ...{ phase: 6, status: 'error', failed_at: '2026-11-23T00:00:00Z', stage: 'load', release: null },
      error: {
        ...{ type, message: 'too slow', recovery_attempted: false, recovery_successful: false },
        requires_human: needs,
      },
    });
    expect(errorSignalSchema.parse(signal)).toEqual(signal);
  });
});
