import * as z from '../zod';
import { duration, positiveDuration } from './schema-values';

/** How requests are passed on: `router`. */
const atMostADay = <Schema extends z.ZodType<number, string | undefined>>(schema: Schema) =>
  schema.refine((ms) => ms <= 86_400_000, { error: 'a duration of at most "24h"' });

const limits = z
  .strictObject({
    connect: atMostADay(positiveDuration('2s')).describe('Until an instance accepts a connection.'),
    headers: atMostADay(positiveDuration('60s')).describe(
      'Until an instance that has the whole request begins to answer, and until a client has sent the header fields.',
    ),
    idle: atMostADay(duration('60s')).describe('How long a body may stand still, either way; "0s" is no limit.'),
    whole: atMostADay(duration('0s')).describe(
      'A request from its arrival to the end of its answer; "0s" is no limit.',
    ),
    connections: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .describe('Connections of clients at the same time, to each process of the router.'),
    headerBytes: z
      .int()
      .min(1_024)
      .max(262_144)
      .default(16_384)
      .describe('Largest target and header fields of a request together.'),
  })
  .prefault({})
  .describe('What a request may take.');

const router = z
  .strictObject({
    sticky: z.boolean().default(false).describe('Whether a client stays with one release, by a cookie.'),
    accessLog: z.boolean().default(false).describe('Whether each request is written to a file.'),
    limits,
  })
  .prefault({})
  .describe('How the router passes requests on.');

export const routerSettings = { router };

export type RouterSettings = z.infer<typeof router>;
/** What counts where nothing is said. */
export const routerDefaults = (): RouterSettings => router.parse({});
