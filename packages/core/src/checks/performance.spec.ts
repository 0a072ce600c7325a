import { performanceCheck, type PerformanceSubject } from './performance';

const measured = { requests: 1200, errorRate: 0.002, p50Ms: 11, p95Ms: 48.26, p99Ms: 130, rate: 118.42 };
const judge = (targets: PerformanceSubject['targets'], figures: PerformanceSubject['figures'] = measured) =>
  performanceCheck().run({ targets, figures }, new AbortController().signal);

describe('the performance check', () => {
  it.each<[PerformanceSubject['targets'], string]>([
    [{ p50: 10 }, 'latency p50 is 11.0 ms, it must be at most 10.0 ms'],
    [{ p95: 48 }, 'latency p95 is 48.3 ms, it must be at most 48.0 ms'],
    [{ p99: 100 }, 'latency p99 is 130.0 ms, it must be at most 100.0 ms'],
    [{ errorRate: 0.001 }, 'error rate is 0.20 %, it must be at most 0.10 %'],
    [{ rate: 200 }, 'throughput is 118.4 requests/s, it must be at least 200 requests/s'],
  ])('blocks when %j is missed', async (targets, reason) => {
    expect(await judge(targets)).toMatchObject({
      status: 'fail',
      reason,
      findings: [{ severity: 'high', message: reason }],
    });
  });

  it('passes when every stated target is kept, at the limit too, and says by how much', async () => {
    expect(await judge({ p95: 48.26, errorRate: 0.01, rate: 100 })).toEqual({
      status: 'pass',
      reason:
        'latency p95 is 48.3 ms (at most 48.3 ms); error rate is 0.20 % (at most 1.00 %); ' +
        'throughput is 118.4 requests/s (at least 100 requests/s)',
      findings: [],
      figures: { p50Ms: 11, p95Ms: 48.26, p99Ms: 130, errorRate: 0.002, rate: 118.42 },
    });
  });

  it('names every target that is missed', async () => {
    const { findings } = await judge({ p95: 1, p99: 200, rate: 1000 });

    expect(findings.map(({ message }) => message.split(' is ')[0])).toEqual(['latency p95', 'throughput']);
  });

  it.each([[{}], [{ p95Ms: Number.NaN }], [{ p95: 3 }]])('blocks when the figure is missing: %j', async (figures) => {
    expect(await judge({ p95: 50 }, figures)).toMatchObject({
      status: 'fail',
      reason: 'latency p95 was not measured, it must be at most 50.0 ms',
      figures: {},
    });
  });

  it('warns when no target is stated', async () => {
    const { status, reason } = await judge({});

    expect(status).toBe('warn');
    expect(reason).toContain('no performance target is stated');
  });
});
