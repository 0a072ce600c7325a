import type { Check, CheckOutcome } from '../checks/check';
import { describeCheckContract } from './check-contract';
import { simulatedClock } from './simulated-clock';

const outcome = (status: CheckOutcome['status'], reason: string): CheckOutcome => ({
  status,
  reason,
  findings: [],
  figures: { files: 1 },
});

describeCheckContract('a simulated check', () => {
  const clock = simulatedClock();
  const check: Check<string> = {
    name: 'words',
    tool: 'simulated',
    version: '1',
    timeLimit: 1000,
    async run(text, signal) {
      await clock.sleepUntil(clock.now() + 5, signal);
      if (text === '') return outcome('skip', 'there is nothing to read');
      return text.includes('bad') ? outcome('fail', 'it holds a bad word') : outcome('pass', 'every word is good');
    },
  };
  return { check, good: 'all well', bad: 'a bad word', foreign: '' };
});
