import { aPlan, aRelease, aStateIn, phases } from '@sluice/core/testing';
import type { EnvironmentState, Outcome } from '@sluice/core';
import type { Site } from './ground';
import { nextSteps } from './next-step';

const site: Site = {
  ...{ project: 'app', projectRoot: 'app', configuration: 'next', head: 'a', root: '/w', checkout: '/w' },
  worktree: '/w/worktrees/phase-6-task-1',
};
const release = aRelease('next').id;
const ended = (cause: Outcome['cause'], changes: Partial<EnvironmentState> = {}): EnvironmentState => {
  const state = aStateIn(phases.over, changes, aPlan());
  const outcome: Outcome = { result: 'rolled-back', reason: 'twice the errors', at: 0, cause };
  return { ...state, rollout: state.rollout && { ...state.rollout, outcome } };
};

describe('what is said after a rollout that ended badly', () => {
  it('allows a refused release by a command that names it', () => {
    const refused = [{ release, reason: 'twice the errors', at: 0 }];
    expect(nextSteps(site, ended('release', { refused }), release)[0]).toContain(
      `nx run app:deploy-retry:next --release=${release} --reason=`,
    );
  });

  it('runs again what is not refused', () => {
    expect(nextSteps(site, ended('world'), release)[0]).toBe(
      'mend the cause and run again: nx run app:deploy-prod:next',
    );
    expect(nextSteps(site, ended('person'), release)[0]).toMatch(/^if it is wanted all the same, run again: nx run/);
  });

  it('names the report and the logs', () => {
    expect(nextSteps(site, ended('world'), release)[1]).toBe(
      `report: worktrees/phase-6-task-1/.taskmaster/DEPLOYMENT_REPORT.md · logs of its instances: ${release}-*.log under .sluice/host/logs`,
    );
  });

  it('looks at what took its place', () => {
    expect(nextSteps(site, ended('world'), 'other')).toEqual([
      'see what is live and who took it there: nx run app:deploy-status:next',
    ]);
  });
});
