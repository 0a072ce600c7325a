import type { Instant } from '../analysis/figures';
import type { AuditEntry, EnvironmentState } from './model';

export interface Entry {
  what: string;
  detail: string;
  at: Instant;
  by?: string;
  release?: string;
  /** Of an act: the releases that it leads from and to. */
  from?: string | null;
  to?: string | null;
}

export const entry = (what: string, detail: string, at: Instant): Entry => ({ what, detail, at });

/** Puts entries into the outbox. Their ids follow from the state alone, so that a repeated append is seen as one. */
export function entered(state: EnvironmentState, entries: Entry[]): EnvironmentState {
  const { project, environment, generation, sequence, rollout } = state;
  const complete = entries.map((item, at): AuditEntry => ({
    id: `${project}/${environment}/${generation}.${sequence}.${state.outbox.length + at}`,
    project,
    environment,
    release: item.release ?? rollout?.plan.release.id ?? null,
    by: item.by ?? 'sluice',
    what: item.what,
    detail: item.detail,
    at: item.at,
    ...(item.from === undefined ? {} : { from: item.from }),
    ...(item.to === undefined ? {} : { to: item.to }),
  }));
  return { ...state, outbox: [...state.outbox, ...complete] };
}

/** The generation that an entry was made in, of its id; 0 where that is none of ours. */
export const generationOf = (id: string): number => Number(/(\d+)\.\d+\.\d+$/.exec(id)?.[1] ?? 0);
