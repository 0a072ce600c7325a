import { aConfigInput } from '../testing';
import { parseConfig } from './parse';

const problemsOf = (over: object): string => {
  try {
    parseConfig(JSON.stringify({ ...aConfigInput(), ...over }), 'sluice.json');
    return '';
  } catch (thrown) {
    return String(thrown);
  }
};
const reason = 'holidays';

describe('approvals and freezes of a configuration', () => {
  it.each<[object, string]>([
    [{ approvals: [{ before: 'production' }] }, ''],
    [{ approvals: [{ before: 'production', by: 2, from: ['a', 'b'], ttl: '24h' }, { before: 'canary' }] }, ''],
    [{ approvals: [{ before: 'staging' }] }, 'approvals[0].before: expected one of "canary", "production"'],
    [{ approvals: [{ before: 'canary', by: 0 }] }, 'approvals[0].by'],
    [{ approvals: [{ before: 'canary', ttl: '0s' }] }, 'approvals[0].ttl: expected a duration longer than "0s"'],
    [
      { approvals: [{ before: 'canary', by: 2, from: ['a', 'a'] }] },
      '2 people are asked for, and approvals[0].from names 1',
    ],
    [{ approvals: [{ before: 'canary' }, { before: 'canary' }] }, 'approvals[1].before: "canary" is there twice'],
    [{ approvals: [{ before: 'canary', who: 'a' }] }, 'approvals[0].who: is not a known key'],
    [{ freeze: [{ cron: '0 0 * * *', for: '1h', reason }] }, ''],
    [{ freeze: [{ from: '2026-12-24T18:00', to: '2027-01-02T06:00Z', reason }] }, ''],
    [{ freeze: [{ cron: '0 0 * * *', for: '1h' }] }, 'freeze[0].reason'],
    [{ freeze: [{ cron: '0 0 * * *', reason }] }, 'freeze[0]: has either "cron" and "for", or "from" and "to"'],
    [{ freeze: [{ cron: '0 0 * * *', from: '2026-12-24T18:00', reason }] }, 'freeze[0]: has either'],
    [{ freeze: [{ cron: '0 0 * * *', for: '1h', to: '2026-12-24T18:00', reason }] }, 'freeze[0]: has either'],
    [{ freeze: [{ reason }] }, 'freeze[0]: has either'],
    [{ freeze: [{ cron: '0 0 * * *', for: '0s', reason }] }, 'freeze[0].for: expected a duration longer than "0s"'],
    [{ freeze: [{ cron: '0 0 * * *', for: '367d', reason }] }, 'of at most "366d"'],
    [{ freeze: [{ from: 'tomorrow', to: '2026-12-24T18:00', reason }] }, 'freeze[0].from: expected a time such as'],
  ])('%j', (over, problem) => {
    if (problem) expect(problemsOf(over)).toContain(problem);
    else expect(problemsOf(over)).toBe('');
  });
});
