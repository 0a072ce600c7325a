import { Metrics } from './metrics';

it('counts requests by route and status', () => {
  const metrics = new Metrics();
  metrics.observe('/', 200, 0.001);
  metrics.observe('/', 200, 0.001);
  metrics.observe('/', 500, 0.001);
  expect(metrics.render({})).toContain(
    [
      '# TYPE http_requests_total counter',
      'http_requests_total{route="/",status="200"} 2',
      'http_requests_total{route="/",status="500"} 1',
    ].join('\n'),
  );
});

it('puts a duration into every bucket that is wide enough', () => {
  const metrics = new Metrics();
  metrics.observe('/', 200, 0.25);
  metrics.observe('/', 200, 0.5);
  metrics.observe('/', 200, 2);
  const text = metrics.render({});
  expect(text).toContain('_bucket{route="/",le="0.1"} 0\n');
  expect(text).toContain('_bucket{route="/",le="0.25"} 1\n');
  expect(text).toContain('_bucket{route="/",le="0.5"} 2\n');
  expect(text).toContain('_bucket{route="/",le="1"} 2\n');
  expect(text).toContain('_bucket{route="/",le="+Inf"} 3\n');
  expect(text).toContain('http_request_duration_seconds_sum{route="/"} 2.75\n');
  expect(text).toContain('http_request_duration_seconds_count{route="/"} 3\n');
});

it('ends with the gauges', () => {
  expect(new Metrics().render({ db_connections_open: 4 })).toMatch(
    /# TYPE db_connections_open gauge\ndb_connections_open 4\n$/,
  );
});
