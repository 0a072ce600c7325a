import { createCoverage, type Coverage } from './coverage';
import type { Violation } from './inspector';
import { withLightSignals } from './light-signal';
import { play, type PlayOptions } from './play';
import { drawScenario, type Scenario } from './scenario';
import { shrink } from './shrink';

/** What came of many seeds. Plain data, so that several processes can add theirs up. */
export interface Tally {
  seeds: number;
  rollouts: number;
  drivers: number;
  /** How the last rollout of each seed ended. */
  ends: Record<string, number>;
  /** Troubles that were drawn, by kind. */
  troubles: Record<string, number>;
  coverage: Record<string, number>;
  /** Seeds that broke a rule, with the first that each broke. */
  broken: { seed: number; violation: Violation }[];
}

/** Worlds that are played at a time: while one waits for its turn, another one has it. They share nothing. */
const atOnce = 4;

/** Plays the seeds `from`, `from + 1`, ... */
export async function simulate(from: number, seeds: number, options: Pick<PlayOptions, 'isDoubted'> = {}) {
  return withLightSignals(async (): Promise<Tally> => {
    const coverage: Coverage = createCoverage();
    const tally: Tally = { seeds, rollouts: 0, drivers: 0, ends: {}, troubles: {}, coverage: {}, broken: [] };
    let next = from;
    const playOn = async (): Promise<void> => {
      for (let seed = next++; seed < from + seeds; seed = next++) {
        const scenario = drawScenario(seed);
        const { violations, state, rollouts, drivers } = await play(scenario, { ...options, onPair: coverage.seen });
        tally.rollouts += rollouts;
        tally.drivers += drivers;
        count(tally.ends, state.rollout?.outcome?.result ?? 'nothing is deployed');
        for (const { kind } of scenario.troubles) count(tally.troubles, kind);
        const [violation] = violations;
        if (violation) tally.broken.push({ seed, violation });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, playOn));
    tally.broken.sort((a, b) => a.seed - b.seed);
    return { ...tally, coverage: coverage.counts() };
  });
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0);
  const merge = (pick: (tally: Tally) => Record<string, number>) => {
    const all: Record<string, number> = {};
    for (const tally of tallies) for (const [name, times] of Object.entries(pick(tally))) count(all, name, times);
    return all;
  };
  return {
    seeds: sum(({ seeds }) => seeds),
    rollouts: sum(({ rollouts }) => rollouts),
    drivers: sum(({ drivers }) => drivers),
    ends: merge(({ ends }) => ends),
    troubles: merge(({ troubles }) => troubles),
    coverage: merge(({ coverage }) => coverage),
    broken: tallies.flatMap(({ broken }) => broken).sort((a, b) => a.seed - b.seed),
  };
}

/** The shortest scenario that breaks the same rule as a seed, and its story. */
export async function explain(seed: number): Promise<{ scenario: Scenario; violations: Violation[]; story: string[] }> {
  const whole = drawScenario(seed);
  const [first] = (await play(whole)).violations;
  const scenario = first ? await shrink(whole, first.rule) : whole;
  const { violations, story } = await play(scenario, { isTold: true });
  return { scenario, violations, story };
}

function count(counts: Record<string, number>, name: string, times = 1): void {
  counts[name] = (counts[name] ?? 0) + times;
}
