/** Upper bounds of the duration histogram, in seconds. */
const bounds = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, Infinity];

interface Durations {
  /** How many requests took no longer than the bound of the same index. */
  counts: number[];
  sum: number;
}

/** Counts requests, and writes them and the gauges as Prometheus text (exposition format 0.0.4). */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Durations>();

  /** `route` must come from a fixed set: each one is a time series. */
  observe(route: string, status: number, seconds: number): void {
    const labels = `route="${route}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);

    const before = this.#durations.get(route) ?? { counts: bounds.map(() => 0), sum: 0 };
    this.#durations.set(route, {
      counts: before.counts.map((count, i) => count + (seconds <= (bounds[i] ?? Infinity) ? 1 : 0)),
      sum: before.sum + seconds,
    });
  }

  /** The text for Prometheus, with the `gauges` as they stand now. */
  render(gauges: Record<string, number>): string {
    return [
      '# TYPE http_requests_total counter',
      ...[...this.#requests].map(([labels, count]) => `http_requests_total{${labels}} ${count}`),
      '# TYPE http_request_duration_seconds histogram',
      ...[...this.#durations].flatMap(([route, durations]) => renderHistogram(route, durations)),
      ...Object.entries(gauges).flatMap(([name, value]) => [`# TYPE ${name} gauge`, `${name} ${value}`]),
      '',
    ].join('\n');
  }
}

function renderHistogram(route: string, { counts, sum }: Durations): string[] {
  const name = 'http_request_duration_seconds';
  return [
    ...bounds.map((bound, i) => {
      const le = bound === Infinity ? '+Inf' : bound;
      return `${name}_bucket{route="${route}",le="${le}"} ${counts[i] ?? 0}`;
    }),
    `${name}_sum{route="${route}"} ${sum}`,
    `${name}_count{route="${route}"} ${counts.at(-1) ?? 0}`,
  ];
}
