import { compareFigures, formatDuration, type Check, type Config, type Finding } from '@sluice/core';
import manifest from 'autocannon/package.json';
import { fire, type Salvo } from './cannon';
import { fail, pass } from './outcome';

export interface LoadSubject {
  /** Where the started release answers: `http://127.0.0.1:4000` */
  baseUrl: string;
}
type LoadSettings = Config['load'];

/**
 * Warms the release up, loads it, and compares with the thresholds. Figures: `requests`, `errors`, `errorRate`, `rate`
 * (requests a second without an error), and `p50Ms`, `p95Ms`, `p99Ms` of the time to the end of the answer. Statuses
 * from 400 on are errors, and so are requests that were lost or never answered. Without an answer there is no pass.
 */
export const loadCheck = (settings: LoadSettings): Check<LoadSubject> => ({
  name: 'load',
  tool: 'autocannon',
  version: manifest.version,
  timeLimit: settings.warmup + settings.duration + 30_000,
  async run({ baseUrl }, signal) {
    const target = { ...settings, baseUrl };
    if (settings.warmup > 0) await fire(target, settings.warmup, signal);
    return judge(await fire(target, settings.duration, signal), settings, baseUrl);
  },
});

function judge(salvo: Salvo, settings: LoadSettings, baseUrl: string) {
  const figures = figuresOf(salvo);
  if (salvo.answered === 0) {
    return fail(`${baseUrl} answered no request`, [], figures);
  }
  const { kept, missed } = compareFigures(
    { errorRate: settings.maxErrorRate, p95: settings.maxP95, rate: settings.minRate },
    figures,
  );
  const unanswered = settings.scenarios.filter((_, at) => !salvo.byScenario[at]);
  const problems = [
    ...(salvo.silent ? [`${baseUrl} stopped answering on all connections`] : []),
    ...unanswered.map(({ method, path }) => `${method} ${path} was not answered once`),
    ...missed,
  ];
  if (problems.length) {
    const findings = problems.map((message): Finding => ({ severity: 'high', message }));
    return fail(problems.join('; '), findings, figures);
  }
  return pass(`${salvo.requests} requests in ${formatDuration(settings.duration)}: ${kept.join('; ')}`, figures);
}

function figuresOf({ requests, errors, rate, p50, p95, p99 }: Salvo): Record<string, number> {
  return {
    requests,
    errors,
    rate: Number(rate.toFixed(2)),
    ...(requests > 0 ? { errorRate: errors / requests } : {}),
    ...(p50 === null ? {} : { p50Ms: p50 }),
    ...(p95 === null ? {} : { p95Ms: p95 }),
    ...(p99 === null ? {} : { p99Ms: p99 }),
  };
}
