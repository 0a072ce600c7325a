import { untilDone } from './until-done';

it('is done once, for all who ask', async () => {
  let tries = 0;
  const done = untilDone(async () => void (tries += 1));
  await Promise.all([done(), done()]);
  await done();
  expect(tries).toBe(1);
});

it('rejects for all who waited for a try that failed, and is tried again by the next', async () => {
  let tries = 0;
  const done = untilDone(async () => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
  });
  const results = await Promise.allSettled([done(), done()]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await done();
  await done();
  expect(tries).toBe(2);
});
