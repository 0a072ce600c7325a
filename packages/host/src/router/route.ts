import { z } from '@sluice/core';
import { mostHeaderBytes } from './limits';

const name = z.string().min(1).max(200);
const port = z.int().min(1).max(65_535);
const counter = z.int().min(0);

const instanceSchema = z.strictObject({ id: name, host: name, port });

const slotSchema = z.strictObject({
  slot: z.enum(['stable', 'canary', 'baseline']),
  release: name,
  weight: z.int().min(0).max(100),
  instances: z.array(instanceSchema),
});

const milliseconds = z.int().min(0).max(2_147_483_647);

const limitsSchema = z.strictObject({
  connect: milliseconds.min(1),
  headers: milliseconds.min(1),
  idle: milliseconds,
  whole: milliseconds,
  connections: z.int().min(1),
  headerBytes: z.int().min(1_024).max(mostHeaderBytes),
});

/**
 * What the router is told about one project in one environment: where it listens, and which share of the requests each
 * slot gets. Weights are per cent and add up to 100, or are all 0, which means that nothing is served (503).
 */
export const routeSchema = z
  .strictObject({
    project: name,
    environment: name,
    host: name.default('127.0.0.1'),
    port,
    generation: counter,
    sequence: counter,
    /** What clients that stay in one slot are drawn by; left out: the generation. */
    rollout: counter.optional(),
    /** Newer addresses for the same split: instances were started again elsewhere. Orders routes of an equal sequence. */
    revision: counter.default(0),
    /** Requests whose `x-sluice-synthetic` header has this value are counted as synthetic, too. */
    syntheticToken: name.optional(),
    /** One client stays in one slot, by a cookie; needs the secret. */
    sticky: z.boolean().optional(),
    /** What cookies and pins are signed with. */
    secret: z.string().min(16).max(200).optional(),
    /** The file that every request is written to. */
    accessLog: z.string().min(1).max(4_096).optional(),
    /** What answers tell of themselves (`Server-Timing`) that is counted, by name. */
    metrics: z.record(name, z.enum(['ratio', 'histogram', 'gauge'])).optional(),
    /** Left out: the router's own. */
    limits: limitsSchema.optional(),
    slots: z.array(slotSchema),
  })
  .superRefine(({ slots }, context) => {
    const total = slots.reduce((sum, { weight }) => sum + weight, 0);
    if (total !== 100 && total !== 0) {
      const message = `weights add up to ${total}, expected 100, or 0 to serve nothing`;
      context.addIssue({ code: 'custom', path: ['slots'], message });
    }
    slots.forEach((slot, index) => {
      if (slots.findIndex((other) => other.slot === slot.slot) !== index) {
        const message = `"${slot.slot}" is given twice`;
        context.addIssue({ code: 'custom', path: ['slots', index, 'slot'], message });
      }
      if (new Set(slot.instances.map(({ id }) => id)).size < slot.instances.length) {
        const message = 'instance ids of a slot differ';
        context.addIssue({ code: 'custom', path: ['slots', index, 'instances'], message });
      }
    });
  });

export type Route = z.infer<typeof routeSchema>;
export type RouteInput = z.input<typeof routeSchema>;
export type Slot = Route['slots'][number];
export type Instance = Slot['instances'][number];

/** What there is one route for. */
export type Place = Pick<Route, 'project' | 'environment'>;

export const keyOf = ({ project, environment }: Place): string => JSON.stringify([project, environment]);

/** The slot and the release in it: what figures are kept for. */
export type Share = Pick<Slot, 'slot' | 'release'>;

export const sameShare = (one: Share, other: Share) => one.slot === other.slot && one.release === other.release;

export type Fence = 'newer' | 'same' | 'conflict' | 'stale';

/**
 * How a route stands to the one that is applied. Routes are ordered by generation, then sequence, then revision; equal
 * ones must have equal content, which makes a repeated PUT harmless and two writers with the same numbers an error.
 */
export function fence(applied: Route | undefined, given: Route): Fence {
  if (applied === undefined) return 'newer';
  const order =
    given.generation - applied.generation || given.sequence - applied.sequence || given.revision - applied.revision;
  if (order !== 0) return order > 0 ? 'newer' : 'stale';
  // parsed by the same schema, so keys stand in the same order
  return JSON.stringify(given) === JSON.stringify(applied) ? 'same' : 'conflict';
}
