import { startTally, type Tally } from './load-tally';

/** A tally with a clock that is set by hand. */
function setUp(interval: number | null = null, part?: number) {
  let now = 0;
  const tally = startTally(() => now, interval, part);
  return { tally, at: (ms: number) => (now = ms) };
}
const ask = (tally: Tally, at: (ms: number) => void, ms: number, status = 200) => {
  const connection = tally.connect();
  at(0);
  connection.sent();
  at(ms);
  connection.answer(status);
};

describe('the tally of a load run', () => {
  it('takes quantiles to three digits, rounded up', () => {
    const { tally, at } = setUp();
    for (let ms = 1; ms <= 100; ms++) ask(tally, at, ms + 0.001);

    expect(tally.close()).toMatchObject({ requests: 100, answered: 100, errors: 0, p50: 50.1, p95: 95.1, p99: 99.1 });
  });

  it('counts requests without an error a second', () => {
    const { tally, at } = setUp();
    for (let count = 0; count < 30; count++) ask(tally, at, 10);
    for (const status of [400, 404, 500]) ask(tally, at, 10, status);
    at(2000);

    expect(tally.close()).toMatchObject({ answered: 33, errors: 3, rate: 15 });
  });

  it('takes redirects for answers', () => {
    const { tally, at } = setUp();
    ask(tally, at, 10, 302);

    expect(tally.close()).toMatchObject({ answered: 1, errors: 0 });
  });

  it('counts a request as lost when its connection sends the next one without an answer', () => {
    const { tally, at } = setUp();
    const connection = tally.connect();
    connection.sent();
    at(500);
    connection.sent();
    at(510);
    connection.answer(200);

    expect(tally.close()).toMatchObject({ requests: 2, answered: 1, errors: 1, p99: 10 });
  });

  it('does not count what was written after the last answer of a closing connection', () => {
    const { tally, at } = setUp();
    const connection = tally.connect();
    for (const start of [0, 100, 200]) {
      at(start);
      connection.sent(); // on the new connection
      at(start + 10);
      connection.head(true);
      connection.answer(200);
      connection.sent(); // on the old one, which is closing
    }

    expect(tally.close()).toMatchObject({ answered: 3, errors: 0, p99: 10 });
  });

  it('does not count what was on its way when the run ended', () => {
    const { tally, at } = setUp();
    ask(tally, at, 10);
    tally.connect().sent();
    at(900);

    expect(tally.close()).toMatchObject({ requests: 1, errors: 0, silent: false });
  });

  it('counts what was stuck when the run ended as an error', () => {
    const { tally, at } = setUp();
    const stuck = tally.connect();
    stuck.sent();
    ask(tally, at, 10);
    at(1011);

    expect(tally.close()).toMatchObject({ requests: 2, answered: 1, errors: 1, silent: false });
  });

  it('is patient with a slow service', () => {
    const { tally, at } = setUp();
    ask(tally, at, 3000);
    at(3000);
    tally.connect().sent();
    at(8000);

    expect(tally.close()).toMatchObject({ errors: 0, silent: false });
  });

  it('is silent when every connection is stuck, however much was answered before', () => {
    const { tally, at } = setUp();
    const connections = [tally.connect(), tally.connect()];
    for (let turn = 0; turn < 500; turn++) {
      for (const connection of connections) {
        connection.sent();
        connection.answer(200);
      }
    }
    for (const connection of connections) connection.sent();
    at(1001);

    expect(tally.close()).toMatchObject({ answered: 1000, errors: 2, silent: true });
  });

  it('counts a request that was held up from when it was due', () => {
    const { tally, at } = setUp(100);
    const connection = tally.connect();
    for (const [since, answered] of [
      [0, 1000],
      [100, 1010],
      [200, 1020],
      [1100, 1110],
    ] as const) {
      connection.sent(since);
      at(answered);
      connection.answer(200);
    }

    expect(tally.close()).toMatchObject({ requests: 4, p50: 820, p95: 1000 });
  });

  it('counts what is held up at the end as long as it has waited, and no request for it', () => {
    const { tally, at } = setUp(100);
    const connection = tally.connect();
    connection.sent();
    at(10);
    connection.answer(200);
    at(100);
    connection.sent();
    at(600); // those due at 200 ms, 300 ms, ... wait as well

    expect(tally.close()).toMatchObject({ requests: 1, errors: 0, p50: 200, p99: 500 });
  });

  it('tells the same by equal parts of the run, without the last that was cut short', () => {
    const { tally, at } = setUp(null, 100);
    const connection = tally.connect();
    for (const [ms, status] of [
      [10, 200],
      [120, 503],
      [350, 200],
    ] as const) {
      at(ms - 5);
      connection.sent();
      at(ms);
      connection.answer(status);
    }
    at(360);

    expect(tally.close().intervals).toEqual([
      { requests: 1, errors: 0, latency: [[5, 1]] },
      { requests: 1, errors: 1, latency: [[5, 1]] },
      { requests: 0, errors: 0, latency: [] },
    ]);
  });

  it('corrects nothing when answers come in time for the rate', () => {
    const { tally, at } = setUp(100);
    for (let count = 0; count < 20; count++) ask(tally, at, 60);

    expect(tally.close()).toMatchObject({ p50: 60, p95: 60, p99: 60 });
  });

  it.each<[string, number, number, boolean]>([
    ['goes on at the start', 0, 999, false],
    ['gives up when a thousand requests failed', 0, 1000, true],
    ['goes on when most were answered well', 1001, 1000, false],
  ])('%s', (_, good, bad, hopeless) => {
    const { tally, at } = setUp();
    for (let count = 0; count < good; count++) ask(tally, at, 1);
    for (let count = 0; count < bad; count++) ask(tally, at, 1, 503);

    expect(tally.isHopeless()).toBe(hopeless);
  });

  it('has no quantiles without an answer', () => {
    expect(setUp().tally.close()).toMatchObject({ requests: 0, rate: 0, p50: null, p95: null, p99: null });
  });
});
