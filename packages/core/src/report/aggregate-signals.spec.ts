import { aggregateSignals, type Member } from './aggregate-signals';
import { noSignals, outcomeSignals, type OutcomeSignals } from './outcome-signals';
import { aPlan, begun, failing, next, played } from './testing/example';

const complete = outcomeSignals(played(begun(aPlan())).state) ?? noSignals;
const failed = outcomeSignals(played(begun(aPlan()), { traffic: failing }).state) ?? noSignals;
const members = (...all: OutcomeSignals[]): Member[] =>
  all.map((signals, at) => ({ project: 'abc'[at] ?? '', signals }));

describe('what several projects come to', () => {
  it.each([
    ['complete', complete],
    ['failed', failed],
    ['under way', noSignals],
  ])('is what the only one says that is %s', (_, signals) => {
    expect(aggregateSignals(members(signals))).toEqual(signals);
  });

  it('is complete when all are', () => {
    const { complete: found, error, rollback } = aggregateSignals(members(complete, complete));
    expect([error, rollback]).toEqual([null, null]);
    expect(found).toMatchObject({
      ...{ phase: 6, status: 'success', pipeline_complete: true, release: `${next.id}, ${next.id}` },
      summary: { traffic: 100, health: 'green', rollbacks: 0 },
      duration_minutes: complete.complete?.duration_minutes,
      projects: { a: complete.complete, b: complete.complete },
    });
  });

  it('lasts from the first beginning to the last end, and is as good as its worst', () => {
    const slow: OutcomeSignals = {
      ...noSignals,
      complete: complete.complete && {
        ...complete.complete,
        completed_at: '2026-11-23T14:00:00Z',
        duration_minutes: 10,
        pipeline_complete: false,
        summary: { ...complete.complete.summary, health: 'unknown', traffic: 90 },
      },
    };
    expect(aggregateSignals(members(complete, slow)).complete).toMatchObject({
      ...{ completed_at: '2026-11-23T14:00:00Z', pipeline_complete: false, duration_minutes: 60 },
      summary: { traffic: 90, health: 'unknown' },
    });
  });

  it.each([
    ['one is under way', noSignals],
    ['one has failed', failed],
    ['one was rolled back by a person', { ...noSignals, rollback: failed.rollback }],
  ])('is not complete when %s', (_, other) => {
    expect(aggregateSignals(members(complete, other)).complete).toBeNull();
    expect(aggregateSignals(members(other, complete)).complete).toBeNull();
  });

  it('tells a failure and the way back at once, by project', () => {
    const { error, rollback } = aggregateSignals(members(noSignals, failed));
    expect(error?.error.message).toMatch(/^b: /);
    expect(error).toMatchObject({ projects: { b: failed.error } });
    expect(rollback).toMatchObject({ previous_version_restored: true, projects: { b: failed.rollback } });
  });

  it('has recovered only when each that tried has, and needs a person when one does', () => {
    const stuck: OutcomeSignals = {
      ...failed,
      error: failed.error && {
        ...failed.error,
        error: { ...failed.error.error, recovery_successful: false, requires_human: true },
      },
    };
    expect(aggregateSignals(members(failed, stuck)).error?.error).toMatchObject({
      ...{ recovery_attempted: true, recovery_successful: false, requires_human: true },
    });
  });

  it('is nothing of nobody', () => {
    expect(aggregateSignals([])).toEqual(noSignals);
  });
});
