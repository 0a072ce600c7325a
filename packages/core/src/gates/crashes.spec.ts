import { someHealth } from '../testing';
import { crashReasons } from './crashes';

describe('what is said of the instances of a release that is taken back', () => {
  it.each([
    ['nothing while all are healthy', {}, []],
    ['how often they ended', { restarts: 2 }, ['its instances ended 2 times']],
    ['that one ended, and why', { restarts: 1, healthy: 0, reason: 'exit 1' }, ['its instances ended once: exit 1']],
    ['how many are healthy', { healthy: 0, wanted: 2, reason: 'exit 1' }, ['0 of 2 instances healthy: exit 1']],
    [
      'what the latest wrote before it ended, also when it is up again',
      { restarts: 1, crash: { how: 'exited with code 1', lines: ['no memory', 'bye'] } },
      ['its instances ended once', 'the latest that ended (exited with code 1) wrote before:\n  | no memory\n  | bye'],
    ],
  ])('%s', (_, health, reasons) => {
    expect(crashReasons('next', [someHealth('database', { healthy: 0 }), someHealth('next', health)])).toEqual(reasons);
  });

  it('nothing where their health is not known', () => {
    expect(crashReasons('next', [])).toEqual([]);
  });
});
