import type { Instant } from '../../analysis/figures';
import type { Health } from '../../health';
import type { EnvironmentState, Route } from '../../rollout/model';
import type { Version } from '../../rollout/version';
import { runIn } from '../runs';
import type { Scenario } from './scenario';
import { isOfCall } from './troubles';

/** A rule and what broke it. */
export type Broken = [rule: string, detail: string];

export interface Seen {
  route: Route | undefined;
  /** What was started and not stopped, by the names of `runs.ts`, as everything here. */
  running: readonly string[];
  health: ReadonlyMap<string, Health>;
  /** A driver can't know what is running: `forgetsItsOwner`. */
  isForgetful: boolean;
}

/** What must be true of a route that is about to be in force. */
export function* routeRules(next: Route, { route, running, health, isForgetful }: Seen): Generator<Broken> {
  const total = next.slots.reduce((sum, { weight }) => sum + weight, 0);
  if (next.slots.length > 0 && total !== 100) yield ['the split adds up to 100', `it adds up to ${total}`];
  if (new Set(next.slots.map(({ slot }) => slot)).size !== next.slots.length)
    yield ['a slot is named once', describe(next)];
  if (isForgetful) return;
  for (const slot of next.slots) {
    const [run, { weight }] = [runIn(slot), slot];
    if (weight === 0) continue;
    const had = weightOf(route, run);
    if (!running.includes(run)) yield ['traffic only for what was started', `${run} gets ${weight} %`];
    // going back is going back, whatever the old release is like
    if (weight > had && weight < 100 && health.get(run)?.healthy === 0)
      yield ['no more traffic for what is seen to be down', `${run} goes from ${had} to ${weight} %`];
  }
}

/** What must be true of what is about to be stopped. */
export function* stopRules(
  run: string,
  state: EnvironmentState | undefined,
  route: Route | undefined,
): Generator<Broken> {
  const weight = weightOf(route, run);
  if (weight > 0) yield ['what has traffic is not stopped', `${run} has ${weight} %`];
  if (state?.stable?.id === run) yield ['what is live is not stopped', run];
}

/** What must be true of a state that was saved, after the one before it. */
export function* stateRules(state: EnvironmentState): Generator<Broken> {
  const { rollout } = state;
  if (!rollout) return;
  const taken = rollout.steps.map(({ traffic }) => traffic);
  const planned = rollout.plan.steps.map(({ traffic }) => traffic).slice(0, taken.length);
  if (taken.join() !== planned.join()) yield ['no step is skipped or repeated', `${taken.join()} of ${planned.join()}`];
}

/** What must be true of a state that was taken in place of another one. `after`: what a driver that takes over had read. */
export function* saveRules(
  state: EnvironmentState,
  stored: EnvironmentState | null,
  after: EnvironmentState | null | undefined,
): Generator<Broken> {
  if (!mayBeStored(state, stored, after))
    yield ['only the newest driver saves', `${versionText(state)} in place of ${versionText(stored)}`];
}

export const versionText = (one: Version | null): string =>
  one ? `${one.generation}.${one.sequence} of ${one.owner}` : 'none';

/** Said in another way than the code under test says it. */
export function mayBeStored(next: Version, stored: Version | null, after: Version | null | undefined): boolean {
  if (versionText(stored) === versionText(next)) return true;
  const isRead = after === undefined || versionText(after) === versionText(stored);
  const isNewer = !stored || next.generation > stored.generation;
  const isOwn =
    stored?.generation === next.generation && stored.owner === next.owner && next.sequence > stored.sequence;
  return isRead && (isNewer || isOwn);
}

const slowing = [
  ...['the router is down', 'the router is slow', 'the router applies in part', 'a port is taken'],
  ...['the disk is full', 'the audit log is full', 'the clock is set forward', 'the clock is set back'],
];
const second = 1000;
const commandLimit = 16 * 60 * second;

/** How long it may take, in ms, from a verdict to where no request comes to the canary any more. */
export const patienceOf = ({ troubles }: Scenario): Instant =>
  troubles
    .filter((trouble) => isOfCall(trouble) || slowing.includes(trouble.kind))
    .reduce((sum, { lasts }) => sum + lasts + commandLimit, second);

export const weightOf = (route: Route | undefined, run: string): number =>
  route?.slots.find((slot) => runIn(slot) === run)?.weight ?? 0;

export const describe = ({ slots }: Route): string =>
  slots.map(({ slot, release, weight }) => `${slot} ${release} ${weight} %`).join(', ') || 'not served';
