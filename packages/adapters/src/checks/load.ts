import { digestOf, formatDuration, type Check, type LoadRun } from '@sluice/core';
import manifest from 'autocannon/package.json';
import { fire } from './cannon';
import { figuresOf, judgeLoad, underLoad, type LoadSettings, type LoadSubject } from './load-verdict';
import { fail } from './outcome';

/**
 * Warms the release up, loads it, and compares with the thresholds. Figures: `requests`, `errors`, `errorRate`, `rate`
 * (requests a second without an error), `p50Ms`, `p95Ms`, `p99Ms` of the time to the end of the answer, and those of
 * `usageFigures`. Statuses from 400 on are errors, and so are requests that were lost or never answered. Without an answer
 * there is no pass. `onRun` is told what was measured by interval.
 */
export const loadCheck = (settings: LoadSettings, onRun?: (run: LoadRun) => void): Check<LoadSubject> => ({
  name: 'load',
  tool: 'autocannon',
  version: manifest.version,
  timeLimit: settings.warmup + settings.duration + 30_000,
  async run(subject, signal) {
    const { baseUrl } = subject;
    const { scenarios, connections, rate, duration } = settings;
    const { found, used } = await underLoad(subject, settings, duration, signal, () =>
      fire({ scenarios, connections, rate, baseUrl }, duration, signal),
    );
    const figures = figuresOf(found, used);
    if (found.answered === 0) return fail(`${baseUrl} answered no request`, [], figures);
    const workload = digestOf({ scenarios, connections, rate: rate ?? null, duration });
    onRun?.({ version: 1, workload, intervals: found.intervals });
    const unanswered = scenarios.filter((_, at) => !found.byScenario[at]);
    const problems = [
      ...(found.silent ? [`${baseUrl} stopped answering on all connections`] : []),
      ...unanswered.map(({ method, path }) => `${method} ${path} was not answered once`),
    ];
    const summary = `${found.requests} requests in ${formatDuration(duration)}`;
    return judgeLoad(figures, settings, used, { problems, summary });
  },
});
