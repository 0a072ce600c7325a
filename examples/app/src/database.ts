import { setTimeout as delay } from 'node:timers/promises';

export interface Address {
  name: string;
  /** Blocks east and north of the depot. */
  x: number;
  y: number;
}

export interface Connection {
  /** The first `count` addresses of today's round: 7 at most. */
  addresses(count: number): Promise<Address[]>;
}

const table: readonly Address[] = [
  { name: 'Mill Lane', x: 4, y: 7 },
  { name: 'Harbour', x: -6, y: 2 },
  { name: 'Old Lock', x: 5, y: -3 },
  { name: 'Weir House', x: -2, y: -8 },
  { name: 'Station', x: 1, y: 5 },
  { name: 'Orchard', x: 9, y: 1 },
  { name: 'Chapel Hill', x: -5, y: 6 },
];

/** A simulated database that takes as long as a near one: 5 ms to connect, 1 ms to answer. */
export async function connect(): Promise<Connection> {
  await delay(5);
  return {
    async addresses(count) {
      await delay(1);
      return table.slice(0, count);
    },
  };
}
