import { digestOf, type Digest } from './digest';
import type { EnvironmentRuntime } from './config/schema';

/** The first 12 hex digits of a release's digest: what people read and type. */
export type ReleaseId = string;

/** What of a release the state, the report and the audit log name. */
export interface ReleaseRef {
  id: ReleaseId;
  /** The commit it was first built from: recorded, not part of its identity. */
  commit: string;
  /** The Nx configuration whose settings it carries, for people. */
  configuration: string | null;
}

/** Everything that is needed to run a release without the repository; stored beside its files as `release.json`. */
export interface ReleaseManifest extends ReleaseRef {
  version: 1;
  project: string;
  /** Digest over the sorted (path, mode, content digest) of the artifact's files. */
  artifact: Digest;
  /** Runtime settings by environment. */
  runtime: Record<string, EnvironmentRuntime>;
}

/** The identity of a release: its artifact and its runtime settings of all environments. */
export function releaseId(artifact: Digest, runtime: Record<string, EnvironmentRuntime>): ReleaseId {
  return digestOf({ artifact, runtime }).slice(0, 12);
}

/** A release in an environment: what a runtime starts, stops and watches. */
export interface Workload {
  project: string;
  environment: string;
  release: ReleaseId;
  /** Instances of their own of a release that has others, too: a fresh baseline. Left out: those of stable and canary. */
  slot?: 'baseline';
}

/** Whether two name the same instances. */
export const isSameWorkload = (one: Workload, other: Workload): boolean =>
  one.project === other.project &&
  one.environment === other.environment &&
  one.release === other.release &&
  one.slot === other.slot;

export const refOf = ({ id, commit, configuration }: ReleaseManifest): ReleaseRef => ({ id, commit, configuration });

/** `next (1a2b3c4d5e6f)`, or the id alone. */
export const nameOf = (release: ReleaseRef): string =>
  release.configuration ? `${release.configuration} (${release.id})` : release.id;
