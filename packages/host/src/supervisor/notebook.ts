import type { Clock, Instant } from '@sluice/core';
import { savedOf, type Crew } from './crew';
import { readStateFile, writeStateFile, type SavedWorkload } from './state-file';

/** Keeps `instances.json` true. */
export interface Notebook {
  read: () => SavedWorkload[];
  /** Throws what the system says: nothing that is not written down is started. */
  save: () => void;
  /** A full disk must not stop what runs already. What could not be saved is saved with the next check. */
  saveIfPossible: () => void;
  /** Saves when the last save failed or is older than `age` ms. */
  saveIfOlder: (age: number) => void;
}

/** `mayAct` throws where nothing may be written. */
export function createNotebook(
  file: string,
  clock: Clock,
  crews: ReadonlyMap<string, Crew>,
  mayAct: () => void,
): Notebook {
  let savedAt: Instant | null = null;

  function save(): void {
    savedAt = null;
    mayAct();
    writeStateFile(file, [...crews.values()].map(savedOf));
    savedAt = clock.now();
  }

  function saveIfPossible(): void {
    try {
      save();
    } catch {
      savedAt = null;
    }
  }

  return {
    read: () => readStateFile(file),
    save,
    saveIfPossible,
    saveIfOlder: (age) => {
      if (savedAt === null || clock.now() - savedAt >= age) saveIfPossible();
    },
  };
}
