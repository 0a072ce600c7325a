/** What is there at the moment, of what comes and goes thousands of times a second. */
export interface Roster<T> {
  /** @returns to be called once, when it has gone */
  enter(item: T): () => void;
  present(): T[];
}

/**
 * No `Set`: it makes itself a new table every hundred items or so, and each old one leads to the next one and to all that
 * was in it. The first that survives long enough to be collected seldom keeps all later ones, tens of MiB of requests.
 */
export function createRoster<T>(): Roster<T> {
  const places: (T | undefined)[] = [];
  const free: number[] = [];
  return {
    enter(item) {
      const place = free.pop() ?? places.length;
      places[place] = item;
      return () => {
        places[place] = undefined;
        free.push(place);
      };
    },
    present: () => places.filter((item) => item !== undefined),
  };
}
