import { aConfig, aPlan, aRelease, aStateIn, phases } from '../testing';
import type { Approval, EnvironmentState, Phase } from '../rollout/model';
import type { Plan } from '../rollout/plan';
import { earliestEnd } from './earliest-end';
import { planTable } from './plan-table';
import { planView } from './plan-view';
import { progressLine } from './progress';
import { statusReport } from './status';
import { statusTable } from './status-table';

const now = Date.UTC(2026, 10, 24, 12);
const hour = 3_600_000;
const rule = { before: 'production' as const, by: 2, from: ['erin', 'frank', 'gina'], ttl: 24 * hour };
const freeze = { windows: [{ from: now - hour, to: now + hour, reason: 'holidays' }], knownUntil: now + 1e9 };
const given: Approval = {
  ...{ before: 'production', release: aRelease('next').id, by: 'erin', at: now - hour, expires: now + 1 },
  reason: 'it was looked at',
};
const stateIn = (phase: Phase, over: Partial<Plan>, approvals: Approval[] = []): EnvironmentState => {
  const state = aStateIn(phase, {}, aPlan(over));
  return { ...state, rollout: state.rollout && { ...state.rollout, approvals } };
};
const reportOf = (state: EnvironmentState, at = now) =>
  statusReport({ project: 'app', now: at, environments: [{ environment: 'production', state, live: null }] });
const holding = { ...phases.watching, waiting: 'approval' as const };
const frozen = { ...phases.watching, waiting: 'freeze' as const };

describe('the status of a rollout that waits', () => {
  it('for people says for how many, who has agreed and until when, and how to', () => {
    const report = reportOf(stateIn(holding, { approvals: [rule] }, [given]));
    expect(report.environments[0]).toMatchObject({
      outcome: 'waiting',
      retryAt: null,
      waiting: {
        ...{ for: 'approval', before: 'production', until: null },
        approvals: { wanted: 2, given: [{ by: 'erin', expires: '2026-11-24T12:00:00Z' }] },
      },
    });
    const text = statusTable(report, { colour: false });
    expect(text).toContain('waits for 1 of 2 approvals before production (erin)');
    expect(text).toContain('nx run app:deploy-approve --stage=production');
  });

  it('leaves out who has agreed too long ago', () => {
    const { environments } = reportOf(stateIn(holding, { approvals: [rule] }, [given]), now + 1);
    expect(environments[0]?.waiting?.approvals?.given).toEqual([]);
  });

  it('for the end of a freeze says when that is', () => {
    const state = stateIn(frozen, { freeze });
    const report = reportOf(state);
    expect(report.environments[0]).toMatchObject({
      ...{ outcome: 'waiting', retryAt: '2026-11-24T13:00:00Z' },
      waiting: { for: 'freeze', until: '2026-11-24T13:00:00Z' },
      freeze: { reason: 'holidays', until: '2026-11-24T13:00:00Z', lifted: null },
    });
    expect(statusTable(report, { colour: false })).toContain('frozen until 2026-11-24 13:00:00 UTC: holidays');
    expect(earliestEnd(state, now)).toBe(now + hour);
  });

  it('says who has lifted a freeze', () => {
    const lifted = { by: 'erin', at: now, until: now + 60_000, reason: 'it is urgent' };
    const report = reportOf({ ...stateIn(phases.watching, { freeze }), unfrozen: lifted });
    expect(report.environments[0]).toMatchObject({ outcome: 'running', freeze: { lifted: { by: 'erin' } } });
    const text = statusTable(report, { colour: false }).replace(/\s+/g, ' ');
    expect(text).toContain('lifted by erin until 2026-11-24 12:01:00 UTC: it is urgent');
  });

  it('says in its line of progress that nothing was begun', () => {
    const parked = { ...phases.parked, waiting: 'freeze' as const };
    expect(progressLine(stateIn(parked, { freeze }), now)).toMatch(/waits, nothing was begun: frozen until/);
  });
});

describe('a plan', () => {
  const view = (over: Partial<Plan>) =>
    planView({ project: 'app', config: aConfig(), plans: [aPlan(over)], now, outlook: null });
  const text = (over: Partial<Plan>) => planTable(view(over)).replace(/\s+/g, ' ');

  it('says who is waited for, and the freeze that is in force or comes', () => {
    expect(text({ approvals: [rule], freeze })).toContain('production waits for 2 approvals of erin, frank, gina');
    expect(text({ freeze })).toContain('frozen until 2026-11-24 13:00:00 UTC: holidays');
    const later = { ...freeze, windows: [{ from: now + hour, to: now + 2 * hour, reason: 'nights' }] };
    expect(text({ freeze: later })).toContain('next freeze from 2026-11-24 13:00:00 UTC until 2026-11-24 14:00:00 UTC');
  });

  it('tells every command all the same', () => {
    const commands = (over: Partial<Plan>) =>
      view(over).stages.flatMap((stage) => stage.commands.map((one) => one.phase));
    expect(commands({ approvals: [rule, { ...rule, before: 'canary' }], freeze })).toEqual(commands({}));
  });
});
