import { createMinutes, instanceMinuteSchema, type InstanceMinute } from './minutes';

function counted() {
  const closed: InstanceMinute[][] = [];
  return { closed, minutes: createMinutes(60_000, (minutes) => closed.push(minutes)) };
}

describe('the minutes of instances', () => {
  it('are closed by what happens after their end, each with all its instances', () => {
    const { closed, minutes } = counted();
    minutes.count(60_000, 'a', 1);
    minutes.count(60_001, 'b', 1);
    minutes.count(119_999, 'a', 300);
    expect(closed).toEqual([]);
    minutes.count(240_000, 'a', 1);
    expect(closed).toEqual([
      [
        { minute: 1, instance: 'a', requests: 2, errors: 0, latency: [[1.083, 1], [329.9, 1]] }, // prettier-ignore
        { minute: 1, instance: 'b', requests: 1, errors: 0, latency: [[1.083, 1]] },
      ],
    ]);
    minutes.advance(299_999);
    expect(closed).toHaveLength(1);
    minutes.advance(300_000);
    expect(closed[1]).toMatchObject([{ minute: 4, instance: 'a', requests: 1 }]);
  });

  it('are not told of where nothing was counted', () => {
    const { closed, minutes } = counted();
    for (let now = 0; now < 600_000; now += 1_000) minutes.advance(now);
    minutes.end();
    expect(closed).toEqual([]);
  });

  it('have parts where they are closed before their time, none with more errors than requests', () => {
    const { closed, minutes } = counted();
    const account = minutes.count(0, 'a', 1);
    minutes.end();
    minutes.fail(1, account);
    minutes.count(2, 'a');
    minutes.end();
    expect(closed).toMatchObject([
      [{ minute: 0, requests: 1, errors: 0 }],
      [{ minute: 0, requests: 2, errors: 1, latency: [] }],
    ]);
  });

  it.each([0, 0.1, 0.1001, 1, 5.476, 5.477, 999, 3_600_000])('know a latency of %p ms to a tenth', (latency) => {
    const { closed, minutes } = counted();
    minutes.count(0, 'a', latency);
    minutes.end();
    const [edge = 0, count] = closed[0]?.[0]?.latency[0] ?? [];
    expect(count).toBe(1);
    expect(edge).toBeGreaterThanOrEqual(latency);
    expect(edge).toBeLessThanOrEqual(Math.max(latency, 0.1) * 1.1 * 1.001);
  });

  it('take a few hundred bytes each', () => {
    const { closed, minutes } = counted();
    // as of a service that answers within 10 ms, mostly
    for (let i = 0; i < 3_000; i += 1) minutes.count(0, 'release-of-the-service-1', 10 * 2 ** (((i % 100) - 50) / 30));
    minutes.end();
    const [minute] = closed[0] ?? [];
    expect(instanceMinuteSchema.parse(minute)).toEqual(minute);
    expect(JSON.stringify(minute).length).toBeLessThan(500);
  });
});
