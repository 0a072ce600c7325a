import type { Workload } from '@sluice/core';
import { keyOf } from './crew';
import { maskOf } from './mask';
import { readSecrets, type SecretSources } from './secret-files';

/** Values that are never written down: read from their files, handed to processes, and hidden in what people see. */
export interface Vault {
  /** Rejects with `SECRET_UNREADABLE`. */
  read(workload: Workload, sources: SecretSources): Promise<Record<string, string>>;
  /** Hides what is in the files now, and what was in them when it was last read. */
  maskOf(workload: Workload, sources: SecretSources): Promise<(text: string) => string>;
}

/** `repository` may hold none of the files, where it is known. */
export function createVault(repository: string | null): Vault {
  const seen = new Map<string, Set<string>>();

  async function read(workload: Workload, sources: SecretSources): Promise<Record<string, string>> {
    const found = await readSecrets(sources, workload.environment, repository);
    const key = keyOf(workload);
    seen.set(key, new Set([...(seen.get(key) ?? []), ...Object.values(found)]));
    return found;
  }

  return {
    read,
    async maskOf(workload, sources) {
      await read(workload, sources).catch(() => undefined); // what was read before is hidden all the same
      return maskOf(seen.get(keyOf(workload)) ?? []);
    },
  };
}
