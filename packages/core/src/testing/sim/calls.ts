import type { RolloutPorts } from '../../ports';
import { withFaults, type Fault, type PortCall } from '../faults';
import { isOfCall, type Trouble } from './troubles';
import { callTroubles } from './troubles-of-calls';

/** How a driver ends that was killed. `away`: milliseconds until the next one begins. */
export class Died extends Error {
  constructor(readonly away: number) {
    super('it was killed');
  }
}

export interface Hooks {
  /** Another driver begins beside the one that acts. */
  second(): void;
  /** The last saves never came to the disk. */
  rewind(saves: number): void;
  /** The state is gone. */
  forget(): void;
}

/** Puts the troubles of calls around the ports of each driver. Calls are counted over all drivers. */
export function callFaults(troubles: readonly Trouble[], say: (text: () => string) => void, hooks: Hooks) {
  const byCall = new Map<number, Extract<Trouble, { call: number }>>();
  for (const trouble of troubles) if (isOfCall(trouble)) byCall.set(trouble.call, trouble);
  let calls = 0;
  let isOver = false;
  const deaths = new Map<number, Died>();

  return {
    /** How a driver was killed, or `null`. */
    deathOf: (driver: number): Died | null => deaths.get(driver) ?? null,
    /** Nothing more goes wrong. */
    end(): void {
      isOver = true;
    },

    around(ports: RolloutPorts, driver: number): RolloutPorts {
      if (byCall.size === 0 || isOver) return ports;
      return withFaults(ports, (call: PortCall): Fault | null => {
        const dead = deaths.get(driver);
        if (dead) return { type: 'reject', error: dead };
        calls += 1;
        const trouble = byCall.get(calls);
        if (!trouble) return null;
        const { kind, lasts, size } = trouble;
        const made = callTroubles[kind](call, lasts);
        say(() => `trouble: ${kind}: ${call.port}.${call.method}, call ${calls}, of driver ${driver}`);
        if (kind === 'a second driver begins' || kind === 'the driver sleeps and a second begins') hooks.second();
        if (kind === 'the driver dies and saves are lost') hooks.rewind(1 + (size % 4));
        if (kind === 'the driver dies and its state is gone') hooks.forget();
        if (made !== 'dies' && made !== 'dies after') return made;
        const death = new Died(lasts);
        deaths.set(driver, death);
        return { type: made === 'dies' ? 'reject' : 'lose', error: death };
      });
    },
  };
}
