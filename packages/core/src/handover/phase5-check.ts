import type { Check } from '../checks/check';
import type { Phase5 } from './phase5';

/** What phase 5 said, as a row of evidence: what speaks against going on blocks always, its silence where it is required. */
export const phase5Check = (): Check<{ phase5: Phase5; required: boolean }> => ({
  name: 'phase5',
  tool: 'sluice',
  version: '1', // of these rules
  timeLimit: 10_000,
  run: async ({ phase5: { standing, reason, score }, required }) => {
    const found = { findings: [], figures: score === null ? {} : { score } };
    if (standing === 'go') return { status: 'pass', reason, ...found };
    if (standing === 'no-go') return { status: 'fail', reason, ...found };
    if (required) return { status: 'fail', reason: `${reason}, and pipeline.requirePhase5 wants a GO`, ...found };
    return { status: standing === 'absent' ? 'skip' : 'warn', reason, ...found };
  },
});
