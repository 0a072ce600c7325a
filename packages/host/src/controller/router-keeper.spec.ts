import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { keepRouter } from './router-keeper';
import { systemClock } from './system-clock';

describe('the keeper of the router', () => {
  it('ends a router that is too slow to be asked twice', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 120_000)'], { stdio: 'ignore' });
    const gone = once(child, 'exit');
    let answers = Infinity;
    const keeper = keepRouter({
      router: {
        async health() {
          if (answers === 0) throw new Error('no answer in time');
          answers -= 1;
          return { pid: child.pid ?? 0, version: '1', startedAt: 0, now: 0 };
        },
      },
      clock: systemClock,
      start: () => undefined,
      restore: async () => undefined,
      report: () => undefined,
    });

    answers = 1;
    await keeper.end();

    expect(await gone).toEqual([null, 'SIGTERM']);
  });
});
