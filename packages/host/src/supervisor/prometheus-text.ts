/**
 * The sum over all label sets of one metric in a Prometheus text exposition (format 0.0.4; OpenMetrics 1.0 differs only
 * in what may follow the value). `null` where the metric is absent, or where any of its samples is malformed or no
 * finite number: a sum that leaves something out would be wrong.
 */
export function sumOfMetric(exposition: string, metric: string): number | null {
  const values = exposition
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => isSampleOf(line, metric))
    .map((line) => valueOf(line.slice(metric.length)));
  const sum = values.reduce((total, value) => total + value, 0);
  return values.length > 0 && Number.isFinite(sum) ? sum : null;
}

const isSampleOf = (line: string, metric: string) =>
  line.startsWith(metric) && /^[\s{]/.test(line.slice(metric.length));

/** `{label="value"} 1.5e3 1700000000000`; a label's value may hold any character, with `\`, `"` and newline escaped. */
const sample = /^\s*(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+(?<value>\S+)(?:\s+-?[\d.]+)?(?:\s+#.*)?$/;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function valueOf(rest: string): number {
  const value = sample.exec(rest)?.groups?.['value'] ?? '';
  return number.test(value) ? Number(value) : Number.NaN;
}
