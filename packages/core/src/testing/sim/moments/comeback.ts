import type { AuditEntry, EnvironmentState, Route } from '../../../rollout/model';
import { isOver } from '../../../rollout/next';
import { takeOver } from '../../../rollout/take-over';
import { aManifest, aPlan, aRelease } from '../../builders';
import { runIn, runOf } from '../../runs';
import { simulatedClock } from '../../simulated-clock';
import { chance, oneOf, whole, type Draw } from '../draw';
import { releaseNames } from '../scenario';
import type { Workload } from '../../../release';
import type { Broken } from '../step-rules';
import { takeOverRules, type Found } from '../take-over-rules';
import { drawState } from './draw-state';

/** A driver that comes back to an environment: to what is stored, served and running, whether these agree or not. */
export async function aComeback(draw: Draw): Promise<Broken[]> {
  const state = drawState(draw);
  const { project, environment } = state;
  const saved = chance(draw, 0.25) ? null : state;
  const route = chance(draw, 0.15) ? null : drawRoute(draw, state);
  const workloads = [...releaseNames, 'strange']
    .flatMap((name): Workload[] => {
      const workload = { project, environment, release: aRelease(name).id };
      return [workload, { ...workload, slot: 'baseline' }];
    })
    .filter(({ slot }) => chance(draw, slot ? 0.25 : 0.5));
  const running = workloads.map(runOf);
  const known = releaseNames.filter(() => chance(draw, 0.9)).map((name) => aManifest(name));
  const entries = Array.from({ length: whole(draw, 0, 4) }, () => drawEntry(draw, state));

  const clock = simulatedClock({ start: state.at });
  const stored: [EnvironmentState, EnvironmentState | null | undefined][] = [];
  const applied: Route[] = [];
  const stopped: string[] = [];
  const taken = await takeOver(
    project,
    environment,
    'driver 9',
    {
      clock,
      store: { load: async () => saved, save: async (next, after) => void stored.push([next, after]) },
      router: { read: async () => route, apply: async (next) => applied.push(next) },
      releases: { list: async () => known },
      audit: { read: async () => entries },
      runtime: { workloadsOf: () => workloads, stop: async (workload) => void stopped.push(runOf(workload)) },
    },
    new AbortController().signal,
  );
  const found: Found = { saved, route, running, known: known.map(({ id }) => id) };
  return [
    ...takeOverRules(taken, found),
    ...claimRules(taken, found, stored, applied),
    ...numberRules(taken, found, entries),
    ...strayRules(taken, found, stopped),
    ...(clock.waiting() > 0 ? [['nothing is left running', 'a take-over sleeps on'] satisfies Broken] : []),
  ];
}

const rule = 'who takes over goes on from what is there';

const isRecovered = (outbox: readonly AuditEntry[], saved: EnvironmentState | null): boolean =>
  saved?.outbox !== outbox && outbox.some(({ what }) => what === 'recovered');

/** It is stored once, in place of what was read, and what is at rest has all traffic under the new number. */
function* claimRules(
  taken: EnvironmentState,
  { saved, route }: Found,
  stored: readonly [EnvironmentState, EnvironmentState | null | undefined][],
  applied: readonly Route[],
): Generator<Broken> {
  const [first, ...more] = stored;
  if (more.length > 0 || first?.[0] !== taken || first[1] !== saved)
    yield [rule, `it is stored ${stored.length} times`];
  if (taken.owner !== 'driver 9') yield [rule, `${taken.owner} owns it`];
  const isHeld = route !== null && isOver(taken);
  if (applied.length !== (isHeld ? 1 : 0)) yield [rule, `${applied.length} routes are applied`];
  for (const { generation, sequence, slots, port, settings } of applied) {
    const due = taken.stable ? [{ slot: 'stable', release: taken.stable.id, weight: 100 }] : route?.slots;
    if (generation !== taken.generation || sequence !== 0 || JSON.stringify(slots) !== JSON.stringify(due))
      yield [rule, `${generation}.${sequence}: ${JSON.stringify(slots)}`];
    if (port !== route?.port || settings !== route.settings) yield [rule, `it is held at ${port}`];
  }
}

/** A state that was lost begins right after every number that this environment has used; others' numbers are nothing to it. */
function* numberRules(
  { outbox, generation, project, environment }: EnvironmentState,
  { saved, route }: Found,
  entries: readonly AuditEntry[],
): Generator<Broken> {
  if (!isRecovered(outbox, saved)) return;
  const own = entries.filter((one) => one.project === project && one.environment === environment);
  const used = own.map(({ id }) => Number(id.split('/').at(-1)?.split('.')[0]));
  const newest = Math.max(...used, saved?.generation ?? 0, route?.generation ?? 0);
  if (generation <= newest || generation > newest + 2) yield [rule, `it is ${generation} after ${newest}`];
}

/** Instances that nothing names are stopped, unless a rollout is under way or they have traffic. */
function* strayRules(
  { stable, previous, rollout, outbox }: EnvironmentState,
  { saved, route, running }: Found,
  stopped: readonly string[],
): Generator<Broken> {
  const isLost = isRecovered(outbox, saved);
  const isQuiet = !rollout || ['publishing', 'cooling', 'retiring', 'over'].includes(rollout.phase.name);
  const isHeld = stable !== null && (!rollout || rollout.phase.name === 'over');
  const serving = isHeld ? [] : (route?.slots ?? []).filter(({ weight }) => weight > 0).map(runIn);
  const kept = [stable?.id, previous?.warmUntil ? previous.release.id : undefined, ...serving];
  const due = isQuiet || isLost ? running.filter((run) => !kept.includes(run)) : [];
  if (stopped.join() !== due.join()) yield [rule, `stops ${stopped.join()}, not ${due.join()}`];
}

function drawRoute(draw: Draw, state: EnvironmentState): Route {
  const { project, environment, stable, rollout } = state;
  const { host, router } = aPlan();
  const generation = Math.max(1, state.generation + oneOf(draw, [0, 0, 0, -1, 1, 10]));
  const numbers = { generation, sequence: Math.max(0, state.sequence + whole(draw, -1, 1)) };
  const likely = [stable?.id, rollout?.plan.release.id].filter((id) => id !== undefined);
  const [one, other] = [drawServed(draw, likely), drawServed(draw, likely)];
  const weight = oneOf(draw, [0, 5, 50, 95, 100, 100]);
  const slots: Route['slots'] = [{ slot: 'stable', release: one, weight: one === other ? 100 : weight }];
  if (one !== other) slots.push({ slot: 'canary', release: other, weight: 100 - weight });
  if (one !== other && weight === 95 && chance(draw, 0.5))
    slots.splice(0, 1, { slot: 'stable', release: one, weight: 90 }, { slot: 'baseline', release: one, weight: 5 });
  const settings = chance(draw, 0.8) ? { settings: router } : {};
  return { project, environment, host, port: oneOf(draw, [4000, 4100]), ...numbers, ...settings, slots };
}

const drawServed = (draw: Draw, likely: readonly string[]): string =>
  likely.length > 0 && chance(draw, 0.7) ? oneOf(draw, likely) : aRelease(oneOf(draw, [...releaseNames, 'strange'])).id;

/** Of this environment, of another one, or of another project. */
function drawEntry(draw: Draw, { at, project, environment }: EnvironmentState): AuditEntry {
  const place = oneOf(draw, [
    { project, environment },
    { project, environment: 'elsewhere' },
    { project: 'web', environment },
  ]);
  const id = `${place.project}/${place.environment}/${oneOf(draw, [3, 12, 104, 250])}.${whole(draw, 0, 20)}.0`;
  return { id, at, ...place, release: null, what: 'deploy', by: 'dana', detail: 'it was' };
}
