import { z } from '@sluice/core';

const count = z.int().min(0);

/** What one instance of the stable slot answered in one minute, or in a part of it: parts add up. */
export const instanceMinuteSchema = z
  .object({
    /** Its number since the epoch. */
    minute: count,
    instance: z.string(),
    requests: count,
    errors: count,
    /** As in figures, with coarser edges. */
    latency: z.array(z.tuple([z.number(), count]).readonly()).readonly(),
  })
  .refine(({ requests, errors }) => errors <= requests);

export type InstanceMinute = z.infer<typeof instanceMinuteSchema>;

/** What was counted for one instance in the minute that is open. */
export interface Account {
  readonly instance: string;
  requests: number;
  errors: number;
  /** By the number of the edge. */
  readonly latency: Uint32Array;
}

/** Counts what each instance answers, minute by minute. Time is given with each call, and never goes back. */
export interface Minutes {
  /** Closes the minute that is open if it is over: by what happens after its end, not by a timer, as buckets are. */
  advance(now: number): void;
  /** One request that this instance answered after `latency` ms, or that it failed. */
  count(now: number, instance: string, latency?: number): Account;
  /** The request that was counted there is an error. */
  fail(now: number, account: Account): void;
  /** Closes the minute that is open before its time. What is still counted in it is another part of it. */
  end(): void;
}

/** Upper edges, each a tenth above the one before, from 0.1 ms to more than an hour. */
const edges = Float64Array.from({ length: 184 }, (_, power) => Number((0.1 * 1.1 ** power).toPrecision(4)));

/** @param length of a minute, in ms */
export function createMinutes(length: number, close: (minutes: InstanceMinute[]) => void): Minutes {
  let minute = 0;
  let endsAt = -Infinity;
  let open = new Map<string, Account>();

  function end(): void {
    if (open.size === 0) return;
    const closed = [...open.values()].map((account) => read(minute, account));
    open = new Map();
    close(closed);
  }

  function advance(now: number): void {
    if (now < endsAt) return;
    end();
    minute = Math.floor(now / length);
    endsAt = (minute + 1) * length;
  }

  function accountOf(instance: string): Account {
    const known = open.get(instance);
    if (known !== undefined) return known;
    const account = { instance, requests: 0, errors: 0, latency: new Uint32Array(edges.length) };
    open.set(instance, account);
    return account;
  }

  function countRequest(now: number, instance: string, latency?: number): Account {
    advance(now);
    const account = accountOf(instance);
    account.requests += 1;
    if (latency !== undefined) {
      const edge = edgeAbove(latency);
      account.latency[edge] = (account.latency[edge] ?? 0) + 1;
    }
    return account;
  }

  return {
    advance,
    count: countRequest,
    fail(now, account) {
      advance(now);
      // its part is closed: count it once more, so that no part has more errors than requests
      const isOpen = open.get(account.instance) === account;
      (isOpen ? account : countRequest(now, account.instance)).errors += 1;
    },
    end,
  };
}

/** The number of the first edge that is not below. */
function edgeAbove(latency: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < latency) low = middle + 1;
    else high = middle;
  }
  return low;
}

const read = (minute: number, { instance, requests, errors, latency }: Account): InstanceMinute => ({
  ...{ minute, instance, requests, errors },
  latency: Array.from(edges, (edge, index): [number, number] => [edge, latency[index] ?? 0]).filter(([, n]) => n > 0),
});
