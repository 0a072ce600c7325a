import type { Plan } from './plan';
import { bad, judged, silent, times, watch, type Seen } from './testing/watch-minutes';

describe('a step without a conclusion', () => {
  const fallsSilent = [...times(4), ...times(6, silent)];
  const few = times(10, { canary: 5 });
  it.each<[Plan['onInconclusive'], Seen[], string]>([
    ['rollback', fallsSilent, 'withdraw'],
    ['extend', fallsSilent, 'extend'],
    ['hold', fallsSilent, 'hold'],
    ['promote', fallsSilent, 'hold'],
    ['rollback', few, 'withdraw'],
    ['extend', few, 'extend'],
    ['hold', few, 'hold'],
    ['promote', few, 'promote'],
  ])('waits on for a conclusion, and at the end of its patience comes to what "%s" says', (policy, seen, last) => {
    const { next, decisions } = watch(seen, { plan: { ...judged, onInconclusive: policy } });
    expect(next.at(-2)).toBe('stay');
    expect(next.at(-1)).toBe(last);
    expect(decisions.at(-1)?.gate).toMatchObject({ verdict: 'inconclusive' });
    expect(decisions.at(-1)?.gate.reasons[0]).toBe('no conclusion within 10m');
  });

  it('is withdrawn without a conclusion as the fault of nobody', () => {
    const plan = { ...judged, onInconclusive: 'rollback' as const };
    expect(watch(few, { plan }).decisions.at(-1)).toMatchObject({ next: 'withdraw', cause: 'world' });
  });

  it.each<Plan['onInconclusive']>(['hold', 'extend', 'promote', 'rollback'])(
    'is never passed without data, nor let through by "%s"',
    (onInconclusive) => {
      const { next } = watch(times(20, silent), { plan: { ...judged, onInconclusive } });
      expect(next.slice(0, 9)).toEqual(times(9).map(() => 'stay'));
      expect(next).not.toContain('advance');
      expect(next).not.toContain('promote');
    },
  );

  it('is watched on while it is held: it goes back for a reason, and on only when somebody says so', () => {
    const plan = { ...judged, onInconclusive: 'hold' as const };
    expect(watch([...few, ...times(10)], { plan }).next.slice(10)).toEqual(times(10).map(() => 'stay'));
    expect(watch([...few, bad, bad, bad], { plan }).next.slice(10)).toEqual(['stay', 'stay', 'withdraw']);
  });
});
