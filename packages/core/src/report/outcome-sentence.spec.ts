import { deploymentReport } from './report';
import { aPlan, begun, monday, next, played } from './testing/example';
import type { EnvironmentState } from '../rollout/model';
import { transition } from '../rollout/transition';

const isHeld = ({ rollout }: EnvironmentState) =>
  rollout?.phase.name === 'watching' && rollout.phase.waiting === 'person';
const held = played(begun(aPlan()), { traffic: () => [], until: isHeld }).state;
const reportOf = (production: EnvironmentState): string =>
  deploymentReport({
    ...{ project: 'app', commit: next.commit, receipts: [], failure: null, now: monday + 180_000 },
    states: { staging: null, production },
  });

describe('the report of a step that is held', () => {
  it('says so, why, and how to go on or back', () => {
    expect(reportOf(held)).toContain(
      '**Held.** next (1a2b3c4d5e6f) holds 5 % of production traffic until a person decides: no conclusion within 2m; ' +
        'not enough requests for a check yet: canary 0, baseline 0, each needs 20. ' +
        '`nx run app:deploy-promote` goes on, `nx run app:deploy-rollback` goes back.',
    );
    expect(reportOf(held)).toMatch(/\| Canary \| held \|/);
  });

  it('tells who let it through once it went on', () => {
    const acted = { type: 'promote', at: held.at, by: 'dana', reason: 'closed at night' } as const;
    const isOn = ({ rollout }: EnvironmentState) => rollout?.steps.length === 2;
    const { state } = played(transition(held, acted), { traffic: () => [], until: isOn });
    expect(reportOf(state)).toContain('- canary 5 %, let through by dana: closed at night');
    expect(reportOf(state)).toMatch(/\| Canary \| let through \|/);
  });
});
