import { z } from '@sluice/core';
import { bucketSchema } from './bucket';
import { routeSchema } from './route';

const figuresSchema = z.object({
  /** Where the last bucket ends, and the next one is to begin. */
  until: z.int(),
  buckets: z.array(bucketSchema),
});

/** All that a process has to know to go on with a route where another one is. */
export const estateSchema = figuresSchema.extend({
  route: routeSchema,
  /** Of the split: see `nextTurn`. */
  credits: z.array(z.number()).readonly(),
});

export type FiguresEstate = z.infer<typeof figuresSchema>;
export type Estate = z.infer<typeof estateSchema>;
