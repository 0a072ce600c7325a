import type { RolloutPorts } from '../../ports';
import type { EnvironmentState, Phase } from '../../rollout/model';
import { aPlan, aState } from '../builders';
import { simulatedStart } from '../simulated-clock';
import { callFaults } from './calls';
import { createDrivers } from './drivers';
import { isWaiting, twinRules } from './end-rules';
import { createInspector, type Violation } from './inspector';
import { hour, lastOf, limitOf } from './limit';
import { moments } from './moments/moments';
import { minute, type Scenario } from './scenario';
import { forgetsItsOwner, type Trouble } from './troubles';
import { worldTroubles } from './troubles-of-the-world';
import { createNeighbour } from './neighbour';
import { scheduleWishes } from './wishes';
import { simWorld, type SimWorld } from './world';

/** What came of a scenario. */
export interface Played {
  violations: Violation[];
  state: EnvironmentState;
  /** Drivers that lived in it. */
  drivers: number;
  /** Rollouts that were begun, by the neighbour and in the twin's world, too. */
  rollouts: number;
  /** What happened, in order; only where it was asked for. */
  story: string[];
}

export interface PlayOptions {
  /** Tells what happens, step by step. */
  isTold?: boolean;
  /** Is told of every phase and what came to it, as `coverage.ts` names them. */
  onPair?: (phase: string, column: string) => void;
  /** Has every move looked at by a second opinion, not only those of one seed in 128. */
  isDoubted?: boolean;
  /** Something that does not do what it should, to see whether it is noticed. */
  sabotage?: Sabotage;
}

type Change = (ports: RolloutPorts, world: SimWorld) => RolloutPorts;

/** `fakes`: what is behind the ports is changed; `driver`: what a driver does with them. */
export interface Sabotage {
  fakes?: Change;
  driver?: Change;
}

const { host, port, router } = aPlan();

const asItIs: Change = (ports) => ports;

/** Plays a scenario with the code that ships. What breaks an invariant is in `violations`; never rejects. */
export async function play(scenario: Scenario, options: PlayOptions = {}): Promise<Played> {
  const { isTold = false, isDoubted = scenario.seed % 128 === 0, onPair } = options;
  const { fakes = asItIs, driver: change = asItIs } = options.sabotage ?? {};
  const story: string[] = [];
  const say = (text: () => string): void => {
    if (!isTold) return;
    const seconds = (world.clock.now() - simulatedStart) / 1000;
    story.push(`${seconds.toFixed(1).padStart(8)} s  ${text()}`);
  };
  const stop = new AbortController();
  const inspector = createInspector({
    ...{ scenario, isDoubted, say, onPair },
    worldOf: () => world,
    onPhase: (phase) => onPhase(phase),
  });
  const world = simWorld(scenario, inspector.witness);
  const { project, environment } = world.place;
  const empty = aState({ project, environment, generation: 0, stable: null });
  const first = aState({ project, environment, listening: { host, port, router } });
  await world.store.save(scenario.isLive ? first : empty);
  const awaited = new Set(scenario.troubles.filter((trouble) => 'during' in trouble));
  const onPhase = (phase: Phase['name']): void => {
    for (const trouble of awaited)
      if (trouble.during === phase && awaited.delete(trouble)) beginTrouble(world, trouble, say);
  };
  const latest = () => world.store.held(project, environment) ?? empty;

  const calls = callFaults(scenario.troubles, say, {
    second: () => drivers.begin(0),
    rewind: (saves) => inspector.rewind(saves),
    forget: () => inspector.forget(),
  });
  const drivers = createDrivers({
    ...{ world, place: world.place },
    wishes: scheduleWishes(scenario, world, latest, say, inspector.plan),
    deathOf: calls.deathOf,
    signal: stop.signal,
    say,
    onMistake: (message) => inspector.break('no driver ends by a mistake', message),
    onAct(before, act, after, refusal) {
      onPair?.(before.rollout?.phase.name ?? 'none', act.type);
      inspector.act(before, act, after, refusal);
    },
    portsOf(driver) {
      const inspected = change(inspector.watched(fakes(world.ports, world), driver), world);
      return calls.around({ ...inspected, clock: world.clock.ahead(world.ahead) }, driver);
    },
  });
  for (const trouble of scenario.troubles)
    if ('after' in trouble) world.clock.at(simulatedStart + trouble.after, () => beginTrouble(world, trouble, say));
  let isAlone = !scenario.hasNeighbour;
  // what waits for somebody who will not come is not waited for
  const wakes = (at: number): void =>
    world.clock.at(at, () =>
      isWaiting(latest()) && isAlone ? stop.abort(new Error('it waits')) : wakes(at + 5 * minute),
    );
  wakes(simulatedStart + lastOf(scenario));
  const limit = limitOf(scenario);
  world.clock.at(simulatedStart + limit, () => {
    // it may wait for somebody whose decision a disk has lost
    if (!isWaiting(latest()))
      inspector.break(
        'every rollout ends',
        `after ${limit / hour} h it is ${latest().rollout?.phase.name ?? 'at rest'}`,
      );
    stop.abort(new Error('it did not end'));
  });

  const neighbour = scenario.hasNeighbour ? await createNeighbour(world, scenario, stop.signal) : null;
  const neighbourEnded = neighbour?.ended().then(() => (isAlone = true));
  drivers.begin(0);
  await Promise.all([drivers.ended(), neighbourEnded]);
  if (leavesStrays(scenario)) {
    calls.end();
    drivers.begin(0); // such as the next controller that is started
    await drivers.ended();
  }
  world.clock.forget();
  if (!stop.signal.aborted) inspector.end(latest());
  for (const [rule, detail] of neighbour?.rules() ?? []) inspector.break(rule, detail);
  const drawn = scenario.seed % 128 === 0 ? await moments(scenario.seed) : [];
  for (const [rule, detail] of drawn) inspector.break(rule, detail);
  // a driver that died before the first save had told nobody that it would do anything
  const hasTwin = scenario.hasTwin && inspector.rollouts() > 0;
  const twin = hasTwin ? await play({ ...scenario, troubles: [], hasNeighbour: false, hasTwin: false }) : null;
  if (twin) for (const [rule, detail] of twinRules(latest(), twin.state, scenario)) inspector.break(rule, detail);
  const others = (neighbour ? 1 : 0) + (twin?.rollouts ?? 0);
  return {
    ...{ violations: inspector.violations, story },
    ...{ state: latest(), drivers: drivers.count(), rollouts: inspector.rollouts() + others },
  };
}

function beginTrouble(
  world: SimWorld,
  trouble: Exclude<Trouble, { call: number }>,
  say: (text: () => string) => void,
): void {
  const { kind, lasts, release } = trouble;
  say(() => `trouble: ${kind} (${release})`);
  const end = worldTroubles[kind](world, trouble);
  if (!end) return;
  world.clock.at(world.clock.now() + lasts, () => {
    say(() => `no more: ${kind}`);
    end();
  });
}

/** Instances may be started that no state knows of: the next driver that takes over finds them. */
const leavesStrays = (scenario: Scenario): boolean =>
  forgetsItsOwner(scenario) || scenario.troubles.some(({ kind }) => kind.includes('a second'));
