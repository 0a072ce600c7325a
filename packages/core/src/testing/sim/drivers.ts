import { toProblem, type SluiceError } from '../../errors';
import type { RolloutPorts } from '../../ports';
import { refuse } from '../../rollout/acts';
import type { Act, EnvironmentState } from '../../rollout/model';
import { isOver } from '../../rollout/next';
import { notBefore } from '../../rollout/not-before';
import { run } from '../../rollout/run';
import { takeOver, type Sources } from '../../rollout/take-over';
import { transition } from '../../rollout/transition';
import { aManifest } from '../builders';
import { Died } from './calls';
import { releaseNames } from './scenario';
import type { SimWorld } from './world';
import type { Wishes } from './wishes';

export interface Stage {
  world: SimWorld;
  place: SimWorld['place'];
  wishes: Wishes;
  /** The ports of one driver, with its troubles around them and the inspector within. */
  portsOf(driver: number): RolloutPorts;
  /** How a driver was killed, perhaps when it had nothing more to ask of any port. */
  deathOf(driver: number): Died | null;
  /** Fires when the scenario has had all the time that it may take. */
  signal: AbortSignal;
  say(text: () => string): void;
  /** Is told that a driver ended by a mistake of the code. */
  onMistake(message: string): void;
  /** Is told of an act that meets an environment at rest. */
  onAct(before: EnvironmentState, act: Act, after: EnvironmentState, refusal: SluiceError | null): void;
}

export interface Drivers {
  begin(after: number): void;
  /** Resolves when no driver lives any more. */
  ended(): Promise<void>;
  count(): number;
}

/** How long until a driver whose store failed is there again. */
const restart = 60_000;

/**
 * Drivers as a host or a controller has them: each takes over, drives what is under way, and takes acts. One that dies is
 * followed by another; one that is superseded ends.
 */
export function createDrivers({
  world,
  place,
  wishes,
  portsOf,
  deathOf,
  signal,
  say,
  onAct,
  onMistake,
}: Stage): Drivers {
  const lives: Promise<void>[] = [];
  const alive = new Set<number>();
  let count = 0;

  async function live(driver: number): Promise<void> {
    const given = portsOf(driver);
    const { project, environment } = place;
    const taken = await takeOver(project, environment, `driver ${driver}`, sourcesOf(given, world), signal);
    const ports = { ...given, clock: notBefore(given.clock, taken.at) };
    say(() => `driver ${driver} begins at ${taken.rollout?.phase.name ?? 'rest'}`);
    for (let state: EnvironmentState = taken; ;) {
      if (!isOver(state) || state.outbox.length > 0) state = await run(state, ports, signal);
      if (!(await wishes.next(ports.inbox, signal))) return;
      const act = ports.inbox.take();
      if (!act) continue;
      const refusal = refuse(state, act);
      if (refusal) say(() => `it is refused: ${refusal.code}`);
      const before = state;
      if (!refusal) state = transition(before, act);
      onAct(before, act, state, refusal);
    }
  }

  function begin(after: number): void {
    count += 1;
    const driver = count;
    alive.add(driver);
    const life = async (): Promise<void> => {
      try {
        await world.clock.sleepUntil(world.clock.now() + after, signal);
        await live(driver);
        const death = deathOf(driver);
        if (death) throw death;
        alive.delete(driver);
      } catch (thrown) {
        if (signal.aborted) return;
        alive.delete(driver);
        if (thrown instanceof TypeError || thrown instanceof RangeError) onMistake(thrown.message);
        say(() => `driver ${driver} ends: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
        const isSuperseded = stale.includes(toProblem(thrown).code) && alive.size > 0;
        if (!isSuperseded) begin(thrown instanceof Died ? thrown.away : restart);
      }
    };
    lives.push(life());
  }

  return {
    begin,
    count: () => count,
    async ended() {
      for (let life = lives.shift(); life; life = lives.shift()) await life;
    },
  };
}

const stale: readonly string[] = ['STATE_STALE', 'ROUTE_STALE'];

const sourcesOf = ({ clock, store, router, runtime }: RolloutPorts, world: SimWorld): Sources => ({
  ...{ clock, store, router },
  runtime: { stop: runtime.stop, workloadsOf: world.runtime.workloadsOf },
  audit: { read: async () => world.sink.entries() },
  releases: { list: async () => manifests },
});

const manifests = releaseNames.map((name) => aManifest(name));
