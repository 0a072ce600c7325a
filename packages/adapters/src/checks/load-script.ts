import type { Check } from '@sluice/core';
import { figuresOf, judgeLoad, underLoad, type Counted, type LoadSettings, type LoadSubject } from './load-verdict';
import { fail } from './outcome';
import { markOf, readResults, type ResultsFile } from './load-results';
import { scriptCheck, type ScriptSettings, type ScriptSubject } from './script';

/** Milliseconds: how long a command takes is not known before, how often its release is watched has to be. */
const usual = 4_000;

export type ScriptLoadSubject = LoadSubject & ScriptSubject;

/**
 * The same with a command of the project in place of autocannon: it has to exit 0, and the figures are those that its load
 * generator wrote into `results`. Without `results` only what the release used has figures.
 */
export const scriptLoadCheck = (
  settings: LoadSettings,
  script: ScriptSettings,
  results: ResultsFile | null,
): Check<ScriptLoadSubject> => ({
  name: 'load',
  tool: results?.tool ?? 'command',
  version: results ? 'its own' : '1', // of how it is judged
  timeLimit: settings.warmup + script.timeout,
  async run(subject, signal) {
    const before = results && (await markOf(results.path));
    const { found, used } = await underLoad(subject, settings, usual, signal, () =>
      scriptCheck(script).run(subject, signal),
    );
    const read = results && (await readResults(results, before));
    const run: Counted | null = read && 'counted' in read ? read.counted : null;
    const figures = figuresOf(run, used);
    if (found.status !== 'pass') return { ...found, figures };
    if (read && 'problem' in read) return fail(`${found.reason}, but ${read.problem}`, [], figures);
    const summary = run
      ? `${found.reason} with ${run.requests} requests`
      : `${found.reason}; load.results names no figures, so its exit code alone judges the requests`;
    return judgeLoad(figures, settings, used, { problems: [], summary });
  },
});
