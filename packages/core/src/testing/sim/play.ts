import { refuse } from '../../rollout/acts';
import type { RolloutPorts } from '../../ports';
import { toProblem } from '../../errors';
import type { Act, EnvironmentState } from '../../rollout/model';
import { isOver } from '../../rollout/next';
import { notBefore } from '../../rollout/not-before';
import { run } from '../../rollout/run';
import { takeOver, type Sources } from '../../rollout/take-over';
import { transition } from '../../rollout/transition';
import { aManifest, aState } from '../builders';
import { simulatedStart } from '../simulated-clock';
import { callFaults, Died } from './calls';
import { createInspector, type Violation } from './inspector';
import { planOf } from './plan-of';
import { hour, limitOf } from './limit';
import type { Scenario, Wish } from './scenario';
import { releaseNames } from './scenario';
import { isOfCall } from './troubles';
import { worldTroubles } from './troubles-of-the-world';
import { simWorld, type SimWorld } from './world';

/** What came of a scenario. */
export interface Played {
  violations: Violation[];
  state: EnvironmentState;
  /** Drivers that lived in it. */
  drivers: number;
  /** What happened, in order; only where it was asked for. */
  story: string[];
}

export interface PlayOptions {
  /** Tells what happens, step by step. */
  isTold?: boolean;
  /** Is told of every pair of a state and an event that came to it. */
  onPair?: (pair: string) => void;
}

/** Plays a scenario with the code that ships. Everything that breaks an invariant is in `violations`; never rejects. */
export async function play(scenario: Scenario, options: PlayOptions = {}): Promise<Played> {
  const story: string[] = [];
  const say = (text: () => string): void => {
    if (process.env.LIVE) console.error(clockTime(world), text());
    if (options.isTold) story.push(`${clockTime(world)}  ${text()}`);
  };
  const inspector = createInspector(scenario, () => world, say);
  const world = simWorld(scenario, inspector.witness);
  const empty = aState({ environment: scenario.environment, generation: 0, stable: null });
  const first = scenario.isLive ? aState({ environment: scenario.environment }) : empty;
  const { project, environment } = first;
  await world.store.save(first);

  const stop = new AbortController();
  const lives: Promise<void>[] = [];
  let drivers = 0;
  const alive = new Set<number>();
  let wishesLeft = scenario.acts.length;
  let isEnded = false;

  const wish = (wanted: Wish): void => {
    wishesLeft -= 1;
    const act = actOf(wanted, world, latest(), world.clock.now() + world.ahead);
    if (act) world.inbox.put(act);
    else arrivals.forEach((wake) => wake());
  };
  const arrivals = new Set<() => void>();
  const latest = () => world.store.held(project, environment) ?? empty;
  for (const wanted of scenario.acts)
    world.clock.at(simulatedStart + wanted.after, () => {
      say(() => `somebody wants: ${wanted.want}${'release' in wanted ? ` ${wanted.release}` : ''}`);
      wish(wanted);
    });
  for (const trouble of scenario.troubles) {
    if (isOfCall(trouble)) continue;
    world.clock.at(simulatedStart + trouble.after, () => {
      say(() => `trouble: ${trouble.kind} (${trouble.release}, ${trouble.size})`);
      const end = worldTroubles[trouble.kind](world, trouble);
      if (end)
        world.clock.at(world.clock.now() + trouble.lasts, () => {
          say(() => `no more: ${trouble.kind}`);
          end();
        });
    });
  }
  const limit = limitOf(scenario);
  world.clock.at(simulatedStart + limit, () => {
    if (isEnded) return;
    inspector.break('every rollout ends', `after ${limit / hour} h it is ${latest().rollout?.phase.name}`);
    stop.abort(new Error('it did not end'));
  });
  const calls = callFaults(scenario.troubles, say, {
    second: () => begin(0),
    rewind: (saves) => inspector.rewind(saves),
    forget: () => inspector.forget(),
  });

  /** One driver, from what the store holds to where nothing is left to do. */
  async function live(number: number): Promise<void> {
    const loose = calls.around(
      { ...inspector.watched(world.ports, number, options.onPair), clock: world.clock.ahead(world.ahead) },
      number,
    );
    const started = await takeOver(project, environment, `driver ${number}`, sources(loose), stop.signal);
    const ports = { ...loose, clock: notBefore(loose.clock, started.at) };
    let state = started;
    say(() => `driver ${number} begins at ${state.rollout?.phase.name ?? 'rest'}`);
    for (;;) {
      if (!isOver(state) || state.outbox.length) state = await run(state, ports, stop.signal);
      if (wishesLeft === 0 && world.inbox.waiting() === 0) return;
      await arrived(ports);
      const act = ports.inbox.take();
      if (!act) continue;
      const refusal = refuse(state, act);
      say(() => (refusal ? `${act.type} is refused: ${refusal.code}` : `${act.type} is taken`));
      options.onPair?.(`${state.rollout ? 'over' : 'none'} ${act.type}`);
      if (!refusal) state = transition(state, act);
    }
  }
  async function arrived({ inbox }: RolloutPorts): Promise<void> {
    const waiting = new AbortController();
    const wake = () => waiting.abort();
    arrivals.add(wake);
    stop.signal.addEventListener('abort', wake);
    try {
      await inbox.arrived(waiting.signal);
    } catch (thrown) {
      if (!waiting.signal.aborted) throw thrown;
    } finally {
      arrivals.delete(wake);
    }
    stop.signal.throwIfAborted();
  }
  const sources = ({ clock, store, router, runtime }: RolloutPorts): Sources => ({
    ...{ clock, store, router },
    runtime: { stop: runtime.stop, releasesOf: () => world.runtime.running() },
    audit: { read: async () => world.sink.entries() },
    releases: { list: async () => releaseNames.map((name) => aManifest(name)) },
  });
  function begin(after: number): void {
    drivers += 1;
    const number = drivers;
    alive.add(number);
    const life = async (): Promise<void> => {
      try {
        if (after > 0) await world.clock.sleepUntil(world.clock.now() + after, stop.signal);
        await live(number);
      } catch (thrown) {
        if (stop.signal.aborted) return;
        say(() => `driver ${number} ends: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
        alive.delete(number);
        if (toProblem(thrown).code === 'STATE_STALE' && alive.size > 0) return; // another one drives
        begin(thrown instanceof Died ? thrown.away : 10_000);
      }
    };
    lives.push(life());
  }

  begin(0);
  for (let life = lives.shift(); life; life = lives.shift()) await life;
  isEnded = true;
  world.clock.forget();
  inspector.end(latest());
  return { violations: inspector.violations, state: latest(), drivers, story };
}

/** The act that a wish comes to in a state; `null` where whoever has it sees that it makes no sense. */
function actOf(wish: Wish, world: SimWorld, state: EnvironmentState, at: number): Act | null {
  const by = 'dana';
  switch (wish.want) {
    case 'deploy':
      return { type: 'begin', at, plan: planOf(wish, state) };
    case 'roll back':
      return state.rollout ? { type: 'begin', at, plan: planOf(wish, state) } : null;
    case 'promote':
      return { type: 'goal', at, by, goal: 'production' };
    case 'hold':
      return { type: 'goal', at, by, goal: 'canary' };
    case 'abort':
      return { type: 'abort', at, by, reason: 'it looks odd' };
    case 'take down':
      return { type: 'down', at, by };
    case 'allow':
      return { type: 'allow', at, by, release: world.workloadOf(wish.release).release, reason: 'it is mended' };
  }
}

const clockTime = ({ clock }: SimWorld): string => {
  const seconds = (clock.now() - simulatedStart) / 1000;
  return `${seconds.toFixed(1).padStart(8)} s`;
};
