import type { Slot } from '../route';
import type { World } from './world';

/** What the closed buckets say of one slot, or of all. */
export async function sumsOf({ client }: World, name?: Slot['slot']) {
  const { buckets } = await client.figures('app', 'production', { from: 0, to: 9e15 });
  const slots = buckets.flatMap((bucket) => bucket.slots.filter(({ slot }) => name === undefined || slot === name));
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    requests: sum(slots.map(({ requests }) => requests)),
    errors: sum(slots.map(({ errors }) => errors)),
    latencies: sum(slots.flatMap(({ latency }) => latency.map(([, count]) => count))),
  };
}

/** Requests in flight on the first slot of the route. */
export const inFlightOf = async ({ client }: World) => (await client.routes()).routes[0]?.inFlight[0]?.requests;
