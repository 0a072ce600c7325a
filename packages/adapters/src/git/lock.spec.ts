import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorOf, removeScratch, scratchFolder } from '../files/testing/scratch-folder';
import { withLock } from './lock';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);

const newLock = () => join(scratchFolder(), 'x.lock');
const refuse = (owner: string) => new Error(`held by ${owner}`);
const longAgo = Date.now() / 1000 - 60;

/** A process that is alive until it is killed. */
function holder() {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const exited = once(child, 'exit');
  return { pid: child.pid, kill: async () => (child.kill('SIGKILL'), exited) };
}

describe('withLock', () => {
  it('runs one at a time and frees the lock, also after an error', async () => {
    const file = newLock();
    const order: string[] = [];
    const act = (name: string) => async () => {
      order.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} out`);
      if (name === 'b') throw new Error('b failed');
    };
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => withLock(file, 60_000, refuse, act(name))));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    for (let n = 0; n < order.length; n += 2) expect(order[n + 1]).toBe(order[n]?.replace('in', 'out'));
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  it('waits for a living process, and takes over when it is killed', async () => {
    const file = newLock();
    const child = holder();
    writeFileSync(file, String(child.pid));
    expect(await errorOf(withLock(file, 100, refuse, async () => 'never'))).toMatchObject({
      message: `held by ${child.pid}`,
    });
    await child.kill();
    expect(await withLock(file, 60_000, refuse, async () => 'mine')).toBe('mine');
  });

  it('lets one of many take over the lock of a dead process', async () => {
    const file = newLock();
    const child = holder();
    writeFileSync(file, String(child.pid));
    await child.kill();
    let inside = 0;
    let most = 0;
    const act = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(Array.from({ length: 10 }, () => withLock(file, 60_000, refuse, act)));
    expect(most).toBe(1);
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  it('takes over a lock whose owner was killed before it could say who it is', async () => {
    const file = newLock();
    writeFileSync(file, '');
    expect(await errorOf(withLock(file, 100, refuse, async () => 'never'))).toMatchObject({
      message: containing('unknown'),
    });
    utimesSync(file, longAgo, longAgo);
    expect(await withLock(file, 60_000, refuse, async () => 'mine')).toBe('mine');
  });

  it('takes over when another was killed while it took over', async () => {
    const file = newLock();
    const child = holder();
    writeFileSync(file, String(child.pid));
    await child.kill();
    mkdirSync(`${file}.break`);
    utimesSync(`${file}.break`, longAgo, longAgo);
    expect(await withLock(file, 60_000, refuse, async () => 'mine')).toBe('mine');
    expect(existsSync(`${file}.break`)).toBe(false);
  });
});
