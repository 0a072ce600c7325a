import { listenOnly, startApp, stopApps, type RunningApp } from './testing';

afterEach(stopApps);

/** The statuses that `count` requests get, one after the other. */
async function statuses({ get }: RunningApp, path: string, count: number): Promise<number[]> {
  const answers: number[] = [];
  while (answers.length < count) answers.push((await get(path)).status);
  return answers;
}

describe('errors', () => {
  it('fails three of ten API requests, the same ones every time', async () => {
    const app = await startApp({ fault: 'errors' });
    const round = [200, 200, 200, 500, 200, 200, 500, 200, 200, 500];
    expect(await statuses(app, '/api/quote?items=1', 20)).toEqual([...round, ...round]);
    expect(app.log).toHaveLength(6);
    expect(app.log[0]).toBe('error: GET /api/quote: FAULT=errors');
  });

  it('leaves the page and the health alone', async () => {
    const app = await startApp({ fault: 'errors' });
    expect(await statuses(app, '/', 10)).toEqual(Array(10).fill(200));
    expect(await statuses(app, '/healthz', 10)).toEqual(Array(10).fill(200));
  });
});

describe('latency', () => {
  it('holds up the page and the API by 150 ms, and nothing else', async () => {
    const delays: number[] = [];
    const app = await startApp({ fault: 'latency', delay: async (ms) => void delays.push(ms) });
    await app.get('/healthz');
    await app.get('/metrics');
    expect(delays).toEqual([]);
    await app.get('/');
    await app.get('/api/quote?items=1');
    expect(delays).toEqual([150, 150]);
  });
});

describe('start', () => {
  it('never gets a connection to the database, and says why', async () => {
    const app = await listenOnly({ fault: 'start' });
    await expect(app.connect()).rejects.toThrow('the database refused the connection (FAULT=start)');
    expect(await statuses(app, '/healthz', 1)).toEqual([503]);
  });
});

describe('crash', () => {
  it('ends the process at the 15th page or API request', async () => {
    const exits: number[] = [];
    const app = await startApp({ fault: 'crash', exit: (code) => void exits.push(code) });
    await statuses(app, '/healthz', 30);
    await statuses(app, '/', 7);
    await statuses(app, '/api/quote?items=1', 7);
    expect(exits).toEqual([]);
    await app.get('/');
    expect(exits).toEqual([1]);
    expect(app.log).toEqual(['fatal: out of memory (FAULT=crash)']);
  });
});

describe('no fault', () => {
  it('answers every request', async () => {
    const app = await startApp();
    expect(await statuses(app, '/api/quote?items=1', 30)).toEqual(Array(30).fill(200));
    expect(app.log).toEqual([]);
  });
});
