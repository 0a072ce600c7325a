import { readPrd, targetsOf } from './prd';

const read = (text: string) => targetsOf(readPrd(text));

describe('a requirements document', () => {
  it.each<[string, object]>([
    ['p95: <200ms', { p95: 200 }],
    ['P99 latency under 1.5 s', { p99: 1500 }],
    ['95th percentile below 200 milliseconds', { p95: 200 }],
    ['at least 1,000 req/s', { rate: 1000 }],
    ['error rate < 0.1 %', { errorRate: 0.001 }],
    ['p95 < 200 ms', { p95: 200 }],
    ['p95 <= 200ms', { p95: 200 }],
    ['P95 ≤ 0.2 s', { p95: 200 }],
    ['p(95) < 200ms', { p95: 200 }],
    ['- **p95**: `200ms`', { p95: 200 }],
    ['* p50 = 20ms', { p50: 20 }],
    ['1. p99 latency: 1 second', { p99: 1000 }],
    ['The p95 latency must be below 200 ms.', { p95: 200 }],
    ['The p95 response time should not exceed 250 ms.', { p95: 250 }],
    ['p95 latency must never exceed 250ms', { p95: 250 }],
    ['The 99th percentile of response times stays under 800 ms.', { p99: 800 }],
    ['99th-percentile latency: at most 1.2 seconds', { p99: 1200 }],
    ['Median latency is less than 30 ms.', { p50: 30 }],
    ['Median response time of at most 45ms', { p50: 45 }],
    ['p95 latency no more than 300 msec', { p95: 300 }],
    ['p95 within 150 ms', { p95: 150 }],
    ['p99 max 400ms', { p99: 400 }],
    ['p99: maximum of 400 ms', { p99: 400 }],
    ['Response times: under 200 ms at p95', { p95: 200 }],
    ['Latency stays below 500 ms at the 99th percentile.', { p99: 500 }],
    ['| p95 latency | 200 ms |', { p95: 200 }],
    ['| p95 latency | < 200 ms |', { p95: 200 }],
    ['| Error rate | ≤ 1 % |', { errorRate: 0.01 }],
    ['p50 < 20 ms, p95 < 100 ms, p99 < 250 ms', { p50: 20, p95: 100, p99: 250 }],
    ['p95 under 100 ms and p99 under 250 ms', { p95: 100, p99: 250 }],
    ['p95 < 100 ms and error rate < 1%', { p95: 100, errorRate: 0.01 }],
    ['Error rate: 0.5%', { errorRate: 0.005 }],
    ['The error rate must stay below 1 percent.', { errorRate: 0.01 }],
    ['error-rate at most 0.05 %', { errorRate: 0.0005 }],
    ['Failure rate below 2 %', { errorRate: 0.02 }],
    ['Less than 1 % errors', { errorRate: 0.01 }],
    ['Fewer than 0.5 % of failed requests', { errorRate: 0.005 }],
    ['Success rate of at least 99.9 %', { errorRate: 0.001 }],
    ['success rate >= 99.5%', { errorRate: 0.005 }],
    ['Throughput: 1000 requests/s', { rate: 1000 }],
    ['Throughput of at least 2k rps', { rate: 2000 }],
    ['The service handles 500 requests per second.', { rate: 500 }],
    ['The service must sustain at least 1 200 requests per second.', { rate: 1200 }],
    ['It supports 6000 requests per minute.', { rate: 100 }],
    ['>= 300 RPS', { rate: 300 }],
    ['No less than 250 transactions per second', { rate: 250 }],
    ['minimum 50 QPS', { rate: 50 }],
    ['The p95\nlatency must be\nbelow 200 ms.', { p95: 200 }],
    ['```performance\np95: 200ms\nerror rate: 1%\nthroughput: 50 rps\n```', { p95: 200, errorRate: 0.01, rate: 50 }],
    ['p95 < 200 ms. It is important. Error rate < 1 %.', { p95: 200, errorRate: 0.01 }],
    ['p95 < 200 ms for all requests', { p95: 200 }],
  ])('states targets by %j', (text, targets) => {
    expect(readPrd(text).unclear).toEqual([]);
    expect(read(text)).toEqual(targets);
  });

  it.each([
    '# p95 < 200 ms',
    '## Latency: p95 under 100ms',
    'Performance (p95)\n-----------------',
    'p95 < 200 ms\n============',
    '```js\nexpect(p95).toBeLessThan(200); // p95 < 200ms\n```',
    '    ~~~\n    p95 < 200ms\n    ~~~',
    '<!-- p95 < 200 ms -->',
    'The product costs less than $200.',
    'Under 200 € a month',
    'It goes live before 2026-11-24.',
    'We look at p95 and p99 on the dashboard.',
    'Up to 200 people work at the same time.',
    'A discount of at least 20 % for customers.',
    'Sessions end after 200 ms of silence.',
    'Availability of 99.9 %',
    'A trial takes at most 30 seconds.',
    'Version 95 of the percentile calculator',
    'Backups are kept for 95 days.',
    'Fewer than 1 % of users cancel.',
    '',
  ])('states nothing by %j', (text) => {
    expect(readPrd(text)).toEqual({ targets: [], unclear: [] });
  });

  it.each([
    ['p95 < 200', 'no amount with a unit'],
    ['p95 is 180 ms', 'does not say plainly'],
    ['p95 was below 180 ms', '"was"'],
    ['Currently p95 is below 180 ms', '"Currently"'],
    ['p95 > 200 ms', 'does not say plainly'],
    ['p95 above 200 ms pages somebody', '"page'],
    ['p95 about 200 ms', '"about"'],
    ['p95: ~200ms', '"~"'],
    ['p95 ideally below 200 ms', '"ideally"'],
    ['p95 < 200 ms or 300 ms', '"or"'],
    ['p95: 200 ms, 300 ms', 'another amount, 300 ms'],
    ['| p95 | 350 ms | 200 ms |', 'another amount'],
    ['p95 < 200 ms for GET /orders', 'part of the requests'],
    ['p95 < 200 ms on mobile', 'part of the requests'],
    ['p95 < 200 ms at 500 req/s', 'another amount, 500 req/s'],
    ['p95 < 200 ms except for exports', '"except"'],
    ['p90 < 100 ms', 'p90 is not compared'],
    ['p99.9 < 900 ms', 'p99.9 is not compared'],
    ['99.9th percentile < 900 ms', 'is not compared'],
    ['Average latency below 100 ms', 'Average is not compared'],
    ['Latency below 200 ms', 'another amount, 200 ms'],
    ['Response time under 1 s', 'another amount, 1 s'],
    ['error rate < 0.01', 'no amount with a unit'],
    ['error rate at least 1 %', 'does not say plainly'],
    ['error rate < 100 %', "can't be a limit"],
    ['p95: 0 ms', "can't be a limit"],
    ['under 1000 req/s', 'another amount'],
    ['Traffic peaks at 900 requests per second.', 'another amount'],
    ['p50/p95/p99: 10/20/30 ms', 'does not say plainly'],
    ['Is p95 below 200 ms?', 'leaves open'],
    ['```performance\nfast\n```', 'no amount'],
    ['~~p95 < 200 ms~~', 'leaves open'],
    ['The requirement of p95 < 200 ms is dropped.', '"dropped"'],
    ['We do not promise p95 < 200 ms.', '"not promise"'],
    ['## Non-goals\n\np95 < 20 ms', 'under "Non-goals"'],
    ['Future work\n---\np95 < 20 ms', 'under "Future work"'],
    ['p95 not yet below 200 ms', '"not yet"'],
  ])('does not guess what is meant by %j', (text, why) => {
    const { targets, unclear } = readPrd(text);

    expect(targets).toEqual([]);
    expect(unclear).toEqual([expect.objectContaining({ why: expect.stringContaining(why) as string })]);
  });

  it('says in which line a target stands', () => {
    const text = '# Shop\n\nIt sells.\n\n- p95 < 200 ms\n- p99 <\n  400 ms\n\nIt is quick. Error\nrate < 1 %.\n';

    expect(readPrd(text).targets.map(({ metric, line }) => `${metric} ${line}`)).toEqual([
      ...['p95 5', 'p99 6', 'errorRate 9'],
    ]);
  });

  it('takes none of two limits of one metric, and the same one twice once', () => {
    const { targets, unclear } = readPrd('p95 < 200 ms\n\np95 < 300 ms\n\np99 < 1 s\n\np99 < 1000 ms\n');

    expect(targets.map(({ metric }) => metric)).toEqual(['p99', 'p99']);
    expect(unclear.map(({ why }) => why)).toEqual([
      'line 3 states another limit of p95',
      'line 1 states another limit of p95',
    ]);
  });
});
