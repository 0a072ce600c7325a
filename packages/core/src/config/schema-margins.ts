import * as z from '../zod';
import { share } from './schema-values';

/** How much worse than the baseline a metric of `sequential` may be, and what it counts for. */
export const ratio = (fallback: number) =>
  z.number().positive().default(fallback).describe('The baseline times this is the limit.');

export const weight = z.number().positive().default(0.5).describe('What it counts for beside the other metrics.');

/** Of shares of requests. */
export const rateMargin = (times: number, plus: number, what: string) =>
  z
    .strictObject({ ratio: ratio(times), absolute: share.default(plus).describe('Added to that: 0 to 1.') })
    .prefault({})
    .describe(what);

/** Of amounts. */
export const slownessMargin = (times: number, what: string) =>
  z
    .strictObject({ ratio: ratio(times) })
    .prefault({})
    .describe(what);
