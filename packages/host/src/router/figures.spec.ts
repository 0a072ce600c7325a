import { createClock } from './clock';
import { createFigures, type Ticket } from './figures';
import { createMinutes, type InstanceMinute } from './minutes';
import type { Route } from './route';

const canary = { slot: 'canary', release: 'r2' } as const;
const stable = { slot: 'stable', release: 'r1' } as const;

const route = (sequence: number, weights: { stable: number; canary: number }): Route => ({
  ...{ project: 'app', environment: 'production', host: '127.0.0.1', port: 80, generation: 1, sequence, revision: 0 },
  slots: [stable, canary]
    .map((share) => ({ ...share, weight: weights[share.slot], instances: [] }))
    .filter(({ weight }) => weight > 0),
});

const unwritten = createMinutes(60_000, () => undefined);

function measured() {
  let now = 10_000;
  const written: InstanceMinute[] = [];
  const minutes = createMinutes(5_000, (closed) => written.push(...closed));
  const limits = { bucket: 1_000, retention: 5_000 };
  const figures = createFigures(route(1, { stable: 95, canary: 5 }), () => now, limits, minutes);
  return {
    figures,
    written,
    at: (time: number) => (now = time),
    all: () => figures.within(0, Infinity),
    slotsAt: (from: number) => figures.within(from, Infinity)[0]?.slots,
  };
}

describe('figures', () => {
  it('are those of buckets that have closed', () => {
    const { figures, at, all } = measured();
    figures.begin(stable, false).answered(200, 5);
    at(10_999);
    expect(all()).toEqual([]);
    at(11_000);
    expect(all()).toMatchObject([{ from: 10_000, to: 11_000, generation: 1, sequence: 1 }]);
    expect(figures.within(10_000, 11_000)).toHaveLength(1);
    expect(figures.within(10_001, 11_000)).toHaveLength(0);
    expect(figures.within(10_000, 10_999)).toHaveLength(0);
  });

  it('count requests, errors, latencies and what is in flight, for each slot', () => {
    const { figures, at, slotsAt } = measured();
    figures.begin(stable, false).answered(200, 1.5);
    figures.begin(stable, false).answered(500, 1.5);
    figures.begin(stable, false).failed();
    figures.begin(canary, true).answered(503, 250);
    figures.begin(canary, true).end();
    at(11_000);
    expect(slotsAt(10_000)).toEqual([
      {
        ...{ ...stable, requests: 3, errors: 2, synthetic: { requests: 0, errors: 0 } },
        ...{ latency: [[expect.closeTo(1.5, 1), 2]], inFlight: 3 },
      },
      {
        ...{ ...canary, requests: 1, errors: 1, synthetic: { requests: 1, errors: 1 } },
        ...{ latency: [[expect.closeTo(250, -1), 1]], inFlight: 1 },
      },
    ]);
  });

  it.each([0, 0.001, 0.4, 7, 99.99, 12_345.678, 3_599_999, 1e9])('know a latency of %p ms to 1 %%', (latency) => {
    const { figures, at, slotsAt } = measured();
    figures.begin(stable, false).answered(200, latency);
    at(11_000);
    const [edge = 0, count] = slotsAt(10_000)?.[0]?.latency[0] ?? [];
    const expected = Math.min(latency, 3_600_000);
    expect(count).toBe(1);
    expect(edge).toBeGreaterThanOrEqual(expected);
    expect(edge).toBeLessThanOrEqual(expected * 1.01 + 0.001);
  });

  it('show times without traffic, too', () => {
    const { at, all } = measured();
    at(13_500);
    expect(all().map(({ from, to, slots }) => [from, to, slots.length])).toEqual([
      [10_000, 11_000, 2],
      [11_000, 12_000, 2],
      [12_000, 13_000, 2],
    ]);
  });

  it('are cut when a split comes into force', () => {
    const { figures, at, all } = measured();
    at(10_250);
    figures.begin(stable, false).answered(200, 1);
    at(10_400);
    figures.cut(route(2, { stable: 50, canary: 50 }));
    at(12_000);
    expect(all().map(({ from, to, sequence }) => [from, to, sequence])).toEqual([
      [10_000, 10_400, 1],
      [10_400, 11_000, 2],
      [11_000, 12_000, 2],
    ]);
  });

  it('make no bucket for a split that was replaced within the same millisecond, unless it was used', () => {
    const { figures, at, all } = measured();
    at(10_400);
    figures.cut(route(2, { stable: 50, canary: 50 }));
    figures.cut(route(3, { stable: 40, canary: 60 }));
    figures.begin(stable, false).answered(200, 1);
    figures.cut(route(4, { stable: 30, canary: 70 }));
    at(11_000);
    expect(all().map(({ from, to, sequence }) => [from, to, sequence])).toEqual([
      [10_000, 10_400, 1],
      [10_400, 10_400, 3],
      [10_400, 11_000, 4],
    ]);
  });

  it('credit a request that ends after the split has changed to the release that it was sent to', () => {
    const { figures, at, slotsAt } = measured();
    const ticket = figures.begin(canary, false);
    at(10_500);
    figures.cut(route(2, { stable: 100, canary: 0 }));
    expect(slotsAt(10_000)?.map(({ slot, inFlight }) => [slot, inFlight])).toEqual([
      ['stable', 0],
      ['canary', 1],
    ]);
    at(11_500);
    expect(figures.inFlight()).toEqual([
      { ...stable, requests: 0 },
      { ...canary, requests: 1 },
    ]);
    ticket.answered(200, 1_500);
    ticket.end();
    at(13_000);
    expect(slotsAt(11_000)).toMatchObject([{ ...stable }, { ...canary, requests: 1, inFlight: 0 }]);
    expect(slotsAt(12_000)).toMatchObject([{ ...stable }]);
    expect(slotsAt(12_000)).toHaveLength(1);
  });

  it('count a response that broke off as an error of the request, or as one more when its bucket is closed', () => {
    const { figures, at, all } = measured();
    const [early, late, counted] = [1, 2, 3].map(() => figures.begin(stable, false));
    early?.answered(200, 1);
    early?.broke();
    late?.answered(200, 1);
    counted?.answered(500, 1);
    counted?.broke();
    at(11_000);
    late?.broke();
    at(12_000);
    expect(all().map(({ slots }) => [slots[0]?.requests, slots[0]?.errors])).toEqual([
      [3, 2],
      [1, 1],
    ]);
  });

  it('count a client that left as a request that took at least so long', () => {
    const { figures, at, slotsAt } = measured();
    figures.begin(stable, false).left(8_000);
    at(11_000);
    expect(slotsAt(10_000)).toMatchObject([{ requests: 1, errors: 0, latency: [[expect.closeTo(8_000, -2), 1]] }, {}]);
  });

  it('are forgotten after their time, even where nothing happened meanwhile', () => {
    const { figures, at, all } = measured();
    figures.begin(stable, false).answered(200, 1);
    at(15_500);
    expect(all()[0]?.from).toBe(10_000);
    at(16_500);
    expect(all()[0]?.from).toBe(11_000);
    at(9_999_999);
    expect(all().map(({ from }) => from)).toEqual([9_994_000, 9_995_000, 9_996_000, 9_997_000, 9_998_000]);
    expect(figures.inFlight()[0]).toEqual({ ...stable, requests: 1 });
  });

  it('are the same when asked for again', () => {
    const { figures, at } = measured();
    figures.begin(stable, false).answered(200, 1);
    at(11_000);
    const first = figures.within(0, 11_000);
    figures.begin(stable, false).answered(200, 1);
    at(12_000);
    expect(figures.within(0, 11_000)).toEqual(first);
  });

  it('go on in another process where this one hands them over, and are told of by one of the two', () => {
    const { figures, at, all } = measured();
    const settings = { bucket: 1_000, retention: 5_000 };
    figures.begin(stable, false).answered(200, 1);
    at(11_400);
    figures.begin(stable, false).answered(200, 1);
    const estate = figures.estate();
    expect(estate).toMatchObject({ until: 11_400, buckets: [{ to: 11_000 }, { from: 11_000, to: 11_400 }] });
    figures.begin(stable, false).answered(500, 1);
    at(12_000);
    expect(all()).toHaveLength(3); // it is not sure yet that the other one has them
    figures.forget();
    expect(all()).toMatchObject([{ from: 11_400, to: 12_000, slots: [{ requests: 1, errors: 1 }, {}] }]);

    const next = createFigures(route(1, { stable: 95, canary: 5 }), () => 12_000, settings, unwritten, estate);
    expect(next.within(0, Infinity)).toMatchObject([...estate.buckets, { from: 11_400, to: 12_000 }]);
  });

  it('go on when the clock of the machine is set back', () => {
    let wall = 1_000_000;
    let monotonic = 0;
    const clock = createClock(
      () => wall,
      () => monotonic,
    );
    const limits = { bucket: 1_000, retention: 60_000 };
    const figures = createFigures(route(1, { stable: 100, canary: 0 }), clock, limits, unwritten);
    figures.begin(stable, false).answered(200, 1);
    [wall, monotonic] = [wall - 3_600_000 + 1_000, 1_000];
    figures.begin(stable, false).answered(200, 1);
    [wall, monotonic] = [wall + 1_000, 2_000];
    expect(figures.within(0, Infinity)).toMatchObject([
      { from: 1_000_000, to: 1_001_000, slots: [{ requests: 1 }] },
      { from: 1_001_000, to: 1_002_000, slots: [{ requests: 1 }] },
    ]);
  });
});

describe('the history of an instance', () => {
  type Act = (ticket: Ticket, at: (time: number) => void) => void;
  const inOrder =
    (...acts: Act[]): Act =>
    (ticket, at) =>
      acts.forEach((act) => act(ticket, at));
  const answered: Act = (ticket) => ticket.answered(200, 5);
  const broke: Act = (ticket) => ticket.broke();
  const failed: Act = (ticket) => ticket.failed();
  const unreached: Act = (ticket) => ticket.unreached();
  const toB: Act = (ticket) => ticket.sentTo('b');
  const later =
    (time: number): Act =>
    (_, at) =>
      at(time);
  const one = { minute: 2, requests: 1, errors: 0 };
  const error = { ...one, errors: 1 };

  it.each<[string, Act, Partial<InstanceMinute>[]]>([
    ['an answer', (ticket) => ticket.answered(404, 5), [{ ...one, latency: [[5.476, 1]] }]],
    ['a 5xx', (ticket) => ticket.answered(500, 5), [{ ...error, latency: [[5.476, 1]] }]],
    ['a request without an answer', failed, [{ ...error, latency: [] }]],
    ['a client that left', (ticket) => ticket.left(8_000), [{ ...one, latency: [[8_428, 1]] }]],
    ['no request of which nothing came', () => undefined, []],
    ['a response that broke off as an error', inOrder(answered, broke), [error]],
    ['a 5xx that broke off once', inOrder((ticket) => ticket.answered(503, 5), broke), [error]],
    ['what broke off in a later bucket as the same request', inOrder(answered, later(13_000), broke), [error]],
    [
      'what broke off in a later minute as one more',
      inOrder(answered, later(17_000), broke),
      [one, { ...error, minute: 3, latency: [] }],
    ],
    ['no request that did not reach it', inOrder(unreached, failed), []],
    ['a request where it went on to', inOrder(unreached, toB, answered), [{ ...one, instance: 'b' }]],
    ['a request where it failed, though no other was reached', inOrder(toB, unreached, failed), [error]],
  ])('counts %s', (_, act, expected) => {
    const { figures, at, written, all } = measured();
    const ticket = figures.begin(stable, true);
    ticket.sentTo('a');
    act(ticket, at);
    ticket.end();
    expect(written).toHaveLength(expected.length > 1 ? 1 : 0);
    at(20_000);
    all(); // something happens after its end
    expect(written).toEqual(expected.map((part) => expect.objectContaining({ instance: 'a', ...part }) as unknown));
  });

  it('is that of the stable slot', () => {
    const { figures, at, all, written } = measured();
    const ticket = figures.begin(canary, false);
    ticket.sentTo('a');
    ticket.answered(200, 5);
    ticket.broke();
    at(20_000);
    all();
    expect(written).toEqual([]);
  });
});
