import type { Instant } from './analysis/figures';

const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'UTC' });

/** `2026-11-23 13:44:49 UTC` */
export const formatInstant = (at: Instant): string => `${format.format(at)} UTC`;

/** `2026-11-23T13:44:49Z` */
export const isoInstant = (at: Instant): string => `${format.format(at).replace(' ', 'T')}Z`;
