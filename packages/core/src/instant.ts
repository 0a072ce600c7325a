import type { Instant } from './analysis/figures';

// not by Intl, which takes every command 20 ms to load
const secondOf = (at: Instant): string => new Date(at).toISOString().slice(0, 19);

/** `2026-11-23 13:44:49 UTC` */
export const formatInstant = (at: Instant): string => `${secondOf(at).replace('T', ' ')} UTC`;

/** `2026-11-23T13:44:49Z` */
export const isoInstant = (at: Instant): string => `${secondOf(at)}Z`;

/** An instant of ISO 8601, or of milliseconds since the epoch; `null` where it is none. */
export function parseInstant(text: string): Instant | null {
  const at = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : new Date(text).getTime();
  return Number.isNaN(at) ? null : at;
}
