import { z } from 'zod';
import { createJsonClient } from '../control/json-client';
import { bucketSchema } from './bucket';
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
  put: z.object({ saved: z.boolean() }),
  removed: z.object({}),
  figures: z.object({ now: z.int(), buckets: z.array(bucketSchema) }),
};

export type RouterClient = ReturnType<typeof createRouterClient>;

/** Talks to a router: see `control.ts`. Rejects as `createJsonClient` does. */
export function createRouterClient(socketPath: string) {
  const client = createJsonClient(socketPath);
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
  };
}
