import { Pool } from './pool';
import { latch } from './testing';

const nothing = () => Promise.resolve();
const connect = () => Promise.resolve({});

it('opens connections as work needs them, and uses them again', async () => {
  let opened = 0;
  const pool = new Pool(2, async () => ({ number: (opened += 1) }));
  const useOne = () => pool.use(async ({ number }) => number);

  expect(await useOne()).toBe(1);
  expect(await useOne()).toBe(1);
  expect(await Promise.all([useOne(), useOne()])).toEqual([1, 2]);
  expect(pool.open).toBe(2);
});

it('never does more work at once than it has connections, and does all of it in turn', async () => {
  const pool = new Pool(3, connect);
  const gate = latch();
  const started: number[] = [];
  let active = 0;
  let most = 0;

  const work = Array.from({ length: 9 }, (_, i) =>
    pool.use(async () => {
      started.push(i);
      active += 1;
      most = Math.max(most, active);
      await gate.opened;
      active -= 1;
    }),
  );
  gate.open();
  await Promise.all(work);

  expect(most).toBe(3);
  expect(pool.open).toBe(3);
  expect(pool.busy).toBe(0);
  expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

it('takes the connection back from work that fails', async () => {
  const pool = new Pool(1, connect);
  await expect(pool.use(() => Promise.reject(new Error('bad query')))).rejects.toThrow('bad query');
  expect(await pool.use(async () => 'fine')).toBe('fine');
  expect(pool.open).toBe(1);
});

it('is broken while the database refuses connections, and well again when it accepts one', async () => {
  let refuses = true;
  const pool = new Pool(1, () => (refuses ? Promise.reject(new Error('refused')) : connect()));

  const attempts = await Promise.allSettled([pool.use(nothing), pool.use(nothing)]);
  expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(pool.broken).toBe(true);
  expect(pool.open).toBe(0);

  refuses = false;
  await pool.use(nothing);
  expect(pool.broken).toBe(false);
  expect(pool.open).toBe(1);
});
