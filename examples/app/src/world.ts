import { setTimeout as delay } from 'node:timers/promises';
import { connect, type Connection } from './database';

/** What the service asks of the outside. Tests hand in another one. */
export interface World {
  connect(): Promise<Connection>;
  delay(ms: number): Promise<void>;
  exit(code: number): void;
  log(line: string): void;
}

export const realWorld: World = {
  connect,
  delay: (ms) => delay(ms),
  exit: (code) => process.exit(code),
  log: (line) => console.error(line),
};
