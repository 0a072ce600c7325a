import { play, type PlayOptions } from './play';
import type { Scenario } from './scenario';

/** The smallest scenario that still breaks the rule: what is left out one by one was not needed for it. */
export async function shrink(scenario: Scenario, rule: string, options: PlayOptions = {}): Promise<Scenario> {
  for (const smaller of smallerOnes(scenario)) {
    const { violations } = await play(smaller, options);
    if (violations.some((violation) => violation.rule === rule)) return shrink(smaller, rule, options);
  }
  return scenario;
}

/** What a scenario may be cut to in one go: first without whole parts, then with shorter ones. */
function* smallerOnes(scenario: Scenario): Generator<Scenario> {
  const { acts, troubles, releases } = scenario;
  if (scenario.hasNeighbour) yield { ...scenario, hasNeighbour: false };
  if (scenario.hasTwin) yield { ...scenario, hasTwin: false };
  for (const index of troubles.keys()) yield { ...scenario, troubles: without(troubles, index) };
  for (const index of acts.keys()) if (index > 0) yield { ...scenario, acts: without(acts, index) };
  const { next, third } = releases;
  if (third) yield { ...scenario, releases: { ...(next && { next }) } };
  if (next) yield { ...scenario, releases: { ...(third && { third }) } };
  for (const [index, trouble] of troubles.entries()) {
    if (trouble.lasts < 2000) continue;
    yield { ...scenario, troubles: replaced(troubles, index, { ...trouble, lasts: Math.floor(trouble.lasts / 2) }) };
  }
  for (const [index, act] of acts.entries()) {
    if (act.want !== 'deploy' || act.settings.shares.length < 3) continue;
    const settings = { ...act.settings, shares: act.settings.shares.slice(1) };
    yield { ...scenario, acts: replaced(acts, index, { ...act, settings }) };
  }
}

const without = <T>(items: readonly T[], index: number): T[] => items.filter((_, at) => at !== index);
const replaced = <T>(items: readonly T[], index: number, item: T): T[] =>
  items.map((other, at) => (at === index ? item : other));
