import { watch } from 'node:fs';
import { join } from 'node:path';

/** Files can be written where nobody tells of it, such as on a network drive: this often they are looked at anyway (ms). */
const slowly = 10_000;

const folders = ['.', '.taskmaster', '.taskmaster/.signals', '.taskmaster/tasks', '.claude', '.claude/.signals'];

/** Tells of changes near the files by which the pipeline around hands over. What changed is for the caller to find out. */
export interface HandoverWatch {
  /** Resolves after the next change since this watch began, or after a while. */
  changed: Promise<void>;
  end(): void;
}

export function watchHandover(checkouts: readonly string[], patience = slowly): HandoverWatch {
  let tell: () => void = () => undefined;
  const changed = new Promise<void>((resolve) => (tell = resolve));
  const timer = setTimeout(tell, patience);
  const watchers = checkouts.flatMap((checkout) =>
    folders.flatMap((folder) => {
      try {
        return [watch(join(checkout, folder), tell).on('error', tell)];
      } catch {
        return []; // not there yet: the folder above tells when it is
      }
    }),
  );
  return {
    changed,
    end() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
