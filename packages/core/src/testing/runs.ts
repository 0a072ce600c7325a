import type { Workload } from '../release';
import type { Route } from '../rollout/model';

/** What runs, by a name: the release, or `RELEASE/baseline` for the instances of a fresh baseline of it. */
export const runOf = ({ release, slot }: Pick<Workload, 'release' | 'slot'>): string =>
  slot === undefined ? release : `${release}/${slot}`;

/** What serves a slot of a route. */
export const runIn = ({ slot, release }: Pick<Route['slots'][number], 'slot' | 'release'>): string =>
  slot === 'baseline' ? `${release}/baseline` : release;
