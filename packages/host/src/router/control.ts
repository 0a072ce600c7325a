import type { Server } from 'node:http';
import { z } from 'zod';
import { createJsonServer, type Call, type Endpoint } from '../control/json-server';
import { Refusal } from '../control/refusal';
import type { Clock } from './clock';
import { routeSchema } from './route';
import type { Table } from './table';

export interface Identity {
  pid: number;
  version: string;
  /** ms since the epoch */
  startedAt: number;
}

/** The project and the environment, as the path names them. */
const placeSchema = z.tuple([z.string().min(1), z.string().min(1)]);
const spanSchema = z.object({ from: z.coerce.number().default(0), to: z.coerce.number().default(Infinity) });

/**
 * The router's control API:
 * - `GET /health`
 * - `GET /routes`
 * - `PUT /routes/<project>/<environment>`, with a route
 * - `DELETE /routes/<project>/<environment>`
 * - `GET /figures/<project>/<environment>?from=<ms>&to=<ms>`
 * @param ready nothing is answered before: so who gets an answer knows that the saved routes are served
 */
export const createControl = (table: Table, identity: Identity, clock: Clock, ready: Promise<void>): Server =>
  createJsonServer(
    afterwards(ready, {
      'GET health': async () => ({ ...identity, now: clock() }),

      'GET routes': async () => ({ now: clock(), routes: table.list() }),

      'PUT routes': async (call) => {
        const [project, environment] = parse(placeSchema, call.names);
        const route = await call.body(routeSchema);
        if (route.project !== project || route.environment !== environment) {
          throw invalid(`the route is for ${route.project} in ${route.environment}, its path says otherwise`);
        }
        return table.put(route);
      },

      'DELETE routes': async ({ names }) => {
        await table.remove(...parse(placeSchema, names));
        return {};
      },

      'GET figures': async ({ names, query }) => {
        const [project, environment] = parse(placeSchema, names);
        const buckets = table.figures(project, environment, parse(spanSchema, Object.fromEntries(query)));
        if (buckets !== undefined) return { now: clock(), buckets };
        const message = `There is no route for ${project} in ${environment}.`;
        throw new Refusal(404, 'ROUTE_UNKNOWN', message, 'Apply a route first.');
      },
    }),
    (thrown) => console.error('control:', thrown),
  );

const afterwards = (ready: Promise<void>, endpoints: Record<string, Endpoint>): Record<string, Endpoint> =>
  Object.fromEntries(
    Object.entries(endpoints).map(([name, endpoint]) => [name, (call: Call) => ready.then(() => endpoint(call))]),
  );

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(z.prettifyError(result.error));
}

const invalid = (problem: string) =>
  new Refusal(400, 'HOST_REFUSED', problem, 'Correct what is named; nothing was changed.');
