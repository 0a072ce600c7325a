import type { Server } from 'node:http';
import { sluiceError, z } from '@sluice/core';
import { createJsonServer, parse, refused, type Call, type Endpoint } from '../control/json-server';
import { Refusal } from '../control/refusal';
import type { Clock } from './clock';
import type { Service } from './company';
import type { Estate } from './estate';
import { routeSchema } from './route';

export interface Identity {
  pid: number;
  version: string;
  /** ms since the epoch */
  startedAt: number;
}

/** The project and the environment, as the path names them. */
const placeSchema = z
  .tuple([z.string().min(1), z.string().min(1)])
  .transform(([project, environment]) => ({ project, environment }));
const spanSchema = z.object({ from: z.coerce.number().default(0), to: z.coerce.number().default(Infinity) });
const successorSchema = z.strictObject({ entry: z.string().min(1) });

type Endpoints = Record<string, Endpoint>;

/**
 * The router's control API:
 * - `GET /health`
 * - `GET /routes`
 * - `PUT /routes/<project>/<environment>`, with a route
 * - `DELETE /routes/<project>/<environment>`
 * - `GET /figures/<project>/<environment>?from=<ms>&to=<ms>`
 * - `POST /successor`, with the main file of a router that is to go on in this one's place
 * @param ready nothing is answered before: so who gets an answer knows that the saved routes are served
 */
export const createControl = (
  service: Service,
  identity: Identity,
  clock: Clock,
  ready: Promise<void>,
  succeed: (entry: string) => Promise<{ pid: number }>,
): Server =>
  serve(ready, {
    'GET health': async () => ({ ...identity, now: clock() }),
    ...routesOf(service, clock),
    'POST successor': async ({ body }) => succeed((await body(successorSchema)).entry),
  });

/**
 * What a router that has been replaced offers its successor: its routes, and, when its last request is done,
 * - `GET /farewell`: the figures since it was replaced
 * @param replaced nothing is answered before, for figures are told of once
 */
export const createInnerControl = (
  service: Service,
  clock: Clock,
  replaced: Promise<void>,
  farewell: () => Promise<Estate[]>,
): Server =>
  serve(replaced, {
    ...routesOf(service, clock),
    'GET farewell': async () => ({ estates: await farewell() }),
  });

const routesOf = (service: Service, clock: Clock): Endpoints => ({
  'GET routes': async () => ({ routes: await service.list(), now: clock() }),

  'PUT routes': async (call) => {
    const place = parse(placeSchema, call.names, 'path');
    const route = await call.body(routeSchema);
    if (route.project !== place.project || route.environment !== place.environment) {
      throw refused(400, `the route is for ${route.project} in ${route.environment}, its path says otherwise`);
    }
    return { ...(await service.put(route)), now: clock() };
  },

  'DELETE routes': async ({ names }) => {
    await service.remove(parse(placeSchema, names, 'path'));
    return {};
  },

  'GET figures': async ({ names, query }) => {
    const place = parse(placeSchema, names, 'path');
    const span = parse(spanSchema, Object.fromEntries(query), 'query');
    const buckets = await service.figures(place, span);
    if (buckets !== undefined) return { now: clock(), buckets };
    throw new Refusal(404, sluiceError('ROUTE_UNKNOWN', place));
  },
});

const serve = (ready: Promise<void>, endpoints: Endpoints): Server =>
  createJsonServer(
    Object.fromEntries(
      Object.entries(endpoints).map(([name, endpoint]) => [name, (call: Call) => ready.then(() => endpoint(call))]),
    ),
    (thrown) => console.error('control:', thrown),
  );
