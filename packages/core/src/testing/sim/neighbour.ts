import type { EnvironmentState, Route } from '../../rollout/model';
import { isOver } from '../../rollout/next';
import { aPlan, aRelease, aState, aThreshold } from '../builders';
import { memoryInbox } from '../memory-inbox';
import { createDrivers } from './drivers';
import { minute, second, type Scenario } from './scenario';
import type { Broken } from './step-rules';
import { isOfCall } from './troubles';
import type { SimWorld } from './world';

/** Another project that is deployed in the same world while everything goes wrong. */
export interface Neighbour {
  /** Resolves when its rollout is over. */
  ended(): Promise<void>;
  /** What must be true of it then. */
  rules(): Generator<Broken>;
}

const place = { project: 'neighbour', environment: 'production' } as const;
const { project, environment } = place;
const port = 4200;
const first = aRelease('neighbour');
const next = aRelease('neighbour next');

/** What chance does to a healthy release is within its margins. */
const margins = { errors: { ratio: 1, absolute: 0.2 }, latency: { ratio: 2, absolute: 0 } };
const plan = aPlan({
  ...{ ...place, release: next, from: first, port, trial: [], verify: ['health'], window: minute },
  onInconclusive: 'rollback',
  judge: aThreshold({
    ...{ interval: 10 * second, noData: minute, minRequests: 20, failureLimit: 1 },
    ...{ promote: margins, rollback: margins },
  }),
  steps: [
    { stage: 'canary', traffic: 50, judged: true, minDuration: 20 * second, maxDuration: 5 * minute },
    { stage: 'production', traffic: 100, judged: false, minDuration: 10 * second, maxDuration: 10 * second },
  ],
});

/** Begins its rollout, by a driver of its own that has none of the troubles of calls. */
export async function createNeighbour(world: SimWorld, scenario: Scenario, signal: AbortSignal): Promise<Neighbour> {
  const { host, router } = plan;
  const slots: Route['slots'] = [{ slot: 'stable', release: first.id, weight: 100 }];
  world.runtime.place({ ...place, release: first.id });
  world.router.place({ ...place, host, port, generation: 1, sequence: 0, slots });
  const start = aState({ ...place, stable: first, listening: { host, port, router } });
  await world.store.save(start);
  const state = () => world.store.held(project, environment) ?? start;

  const mistakes: string[] = [];
  const inbox = memoryInbox();
  inbox.put({ type: 'begin', at: world.clock.now(), plan });
  const drivers = createDrivers({
    ...{ world, place, signal },
    wishes: { next: async () => inbox.waiting() > 0 },
    portsOf: () => ({ ...world.ports, inbox }),
    deathOf: () => null,
    say: () => undefined,
    onAct: () => undefined,
    onMistake: (message) => mistakes.push(message),
  });
  drivers.begin(0);
  return { ended: drivers.ended, rules: () => neighbourRules(world, scenario, state(), mistakes) };
}

const rule = 'another project is not disturbed';

function* neighbourRules(
  world: SimWorld,
  { troubles, users }: Scenario,
  state: EnvironmentState,
  mistakes: readonly string[],
): Generator<Broken> {
  for (const message of mistakes) yield [rule, message];
  const { stable, previous, rollout } = state;
  if (!isOver(state)) {
    yield [rule, `it is ${rollout?.phase.name}`];
    return;
  }
  const slots = world.router.history(project, environment).at(-1)?.route.slots ?? [];
  const served = slots.filter(({ weight }) => weight > 0).map(({ release }) => release);
  if (served.join() !== stable?.id) yield [rule, `${served.join() || 'nothing'} serves, not ${stable?.id}`];
  const warm = previous?.warmUntil ? previous.release.id : null;
  const strays = world.runtime.running(project).filter((release) => release !== stable?.id && release !== warm);
  if (strays.length > 0) yield [rule, `instances of ${strays.join()} are left`];
  const entries = world.sink.entries().filter((entry) => entry.project === project);
  const ends = entries.filter(({ what }) => ['done', 'rolled-back', 'failed'].includes(what)).length;
  if (ends !== 1) yield [rule, `it ended ${ends} times`];
  const isQuiet = users > 1 && troubles.every(isOfCall);
  if (isQuiet && (stable?.id !== next.id || rollout?.outcome?.result !== 'done'))
    yield [rule, `it was not deployed: ${rollout?.outcome?.reason}`];
}
