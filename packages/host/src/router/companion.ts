import { bucketsWithin, type Bucket } from './bucket';
import type { RouterClient } from './client';
import { keepBucket, recallBucket, type KeptBucket } from './kept-bucket';
import { keyOf, type Place, type Route } from './route';
import type { Listing } from './table';

/** Another process that serves connections of the same routes. It may end at any time, so nothing here rejects. */
export interface Companion {
  /** Resolves when the route is in force there, too; false when that is not known. */
  put(route: Route): Promise<boolean>;
  remove(place: Place): Promise<void>;
  inFlight(place: Place): Promise<Listing['inFlight']>;
  /** Asks for the figures of a route, so that `figures` has all that are closed. */
  refresh(place: Place): Promise<void>;
  /** Those that begin at `from` or later. */
  figures(place: Place, from: number): Bucket[];
  /** The figures up to now are told of elsewhere. */
  forget(): void;
  readonly gone: Promise<void>;
}

/** A process that has not answered by then is stuck, and must hold up no change of the split. */
const answerTime = 2_000;

export function createCompanion(client: RouterClient, report: (thrown: unknown) => void): Companion {
  const known = new Map<string, readonly KeptBucket[]>();
  /** Where those that are still to be told of begin. */
  const floors = new Map<string, number>();
  let hasEnded = false;
  const isGone = () => hasEnded;

  async function ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    if (isGone()) return undefined;
    try {
      return await question(AbortSignal.timeout(answerTime));
    } catch (thrown) {
      if (!isGone()) report(thrown);
      return undefined;
    }
  }

  function learn(key: string, buckets: readonly Bucket[]): void {
    const floor = floors.get(key) ?? -Infinity;
    known.set(key, buckets.filter(({ from }) => from >= floor).map(keepBucket));
  }

  return {
    async put(route) {
      return (await ask((signal) => client.put(route, signal))) !== undefined;
    },

    async remove({ project, environment }) {
      if (!isGone()) await client.remove(project, environment).catch(() => undefined);
    },

    async inFlight(place) {
      const answer = await ask((signal) => client.routes(signal));
      return answer?.routes.find(({ route }) => keyOf(route) === keyOf(place))?.inFlight ?? [];
    },

    async refresh(place) {
      const answer = await ask((signal) =>
        client.figures(place.project, place.environment, { from: 0, to: Number.MAX_SAFE_INTEGER }, signal),
      );
      if (answer) learn(keyOf(place), answer.buckets);
    },

    figures: (place, from) => bucketsWithin(known.get(keyOf(place)) ?? [], from, Infinity).map(recallBucket),

    forget() {
      for (const [key, buckets] of known) floors.set(key, buckets.at(-1)?.to ?? floors.get(key) ?? -Infinity);
      known.clear();
    },

    gone: client
      .farewell()
      .then(
        ({ estates }) => estates.forEach(({ route, buckets }) => learn(keyOf(route), buckets)),
        () => undefined, // killed: what it told last is all that is known
      )
      .then(() => {
        hasEnded = true;
      }),
  };
}
