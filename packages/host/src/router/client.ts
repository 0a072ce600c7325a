import { SluiceError, z } from '@sluice/core';
import { createJsonClient, type JsonClient } from '../control/json-client';
import { bucketSchema } from './bucket';
import { estateSchema } from './estate';
import { routeSchema, type RouteInput } from './route';

const shareSchema = bucketSchema.shape.slots.element.pick({ slot: true, release: true });
const listingSchema = z.object({
  route: routeSchema,
  listening: z.boolean(),
  inFlight: z.array(shareSchema.extend({ requests: z.int() })),
});
const answers = {
  health: z.object({ pid: z.int(), version: z.string(), startedAt: z.int(), now: z.int() }),
  routes: z.object({ now: z.int(), routes: z.array(listingSchema) }),
  /** `now`: the router's clock; a router that is older than this does not tell it. */
  put: z.object({ saved: z.boolean(), now: z.int().exactOptional() }),
  removed: z.object({}),
  figures: z.object({ now: z.int(), buckets: z.array(bucketSchema) }),
  successor: z.object({ pid: z.int() }),
  farewell: z.object({ estates: z.array(estateSchema) }),
};

export type RouterClient = ReturnType<typeof createRouterClient>;

/** Talks to a router: see `control.ts`. Rejects as `createJsonClient` does. */
export function createRouterClient(socketPath: string) {
  const json = createJsonClient(socketPath);
  const client: Pick<JsonClient, 'call'> = {
    async call(...request) {
      try {
        return await json.call(...request);
      } catch (thrown) {
        // the call met a router that had just been replaced; the same path leads to the next one
        if (thrown instanceof SluiceError && thrown.code === 'ROUTER_REPLACED') return json.call(...request);
        throw thrown;
      }
    },
  };
  const withSignal = (signal: AbortSignal | undefined) => (signal ? { signal } : {});
  const place = (collection: string, project: string, environment: string) =>
    `/${collection}/${encodeURIComponent(project)}/${encodeURIComponent(environment)}`;

  return {
    health: (signal?: AbortSignal) => client.call(answers.health, 'GET', '/health', withSignal(signal)),

    routes: (signal?: AbortSignal) => client.call(answers.routes, 'GET', '/routes', withSignal(signal)),

    /** Resolves when the route is in force. `saved` tells whether a router that is started anew would know it. */
    put: (route: RouteInput, signal?: AbortSignal) =>
      client.call(answers.put, 'PUT', place('routes', route.project, route.environment), {
        body: route,
        ...withSignal(signal),
      }),

    /** Resolves when the route's requests in flight are done. */
    remove: (project: string, environment: string, signal?: AbortSignal) =>
      client.call(answers.removed, 'DELETE', place('routes', project, environment), withSignal(signal)),

    /** The closed buckets in `[from, to]`, in ms by the router's own clock, which is the answer's `now`. */
    figures: (project: string, environment: string, { from, to }: { from: number; to: number }, signal?: AbortSignal) =>
      client.call(
        answers.figures,
        'GET',
        `${place('figures', project, environment)}?from=${from}&to=${to}`,
        withSignal(signal),
      ),

    /** Lets the router start another one from this file and hand everything over to it; resolves when that one serves. */
    succeed: (entry: string, signal?: AbortSignal) =>
      client.call(answers.successor, 'POST', '/successor', { body: { entry }, ...withSignal(signal) }),

    /** Asked of a router that has been replaced, by its successor: the figures since then, when its last request is done. */
    farewell: () => client.call(answers.farewell, 'GET', '/farewell'),
  };
}
