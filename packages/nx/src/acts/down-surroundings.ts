import type { Removal } from '@sluice/adapters/compose';
import type { Site } from '../stage/ground';

/** What became of what a Compose file had brought up. All by name. */
export interface TakenDown {
  file: string;
  /** Other projects that still need it: nothing was removed then. */
  sharedWith: string[];
  removed: { containers: string[]; networks: string[]; volumes: string[] };
  /** Volumes that nobody asked to remove, and what others still use. */
  left: string[];
}

/** Says what is to be removed, then removes it. Rejects with `ENGINE_UNREACHABLE`, `ENGINE_REFUSED`, `COMPOSE_BUSY`. */
export async function takeSurroundingsDown(
  { root, project }: Site,
  withVolumes: boolean,
  say: (line: string) => void,
): Promise<TakenDown[]> {
  const { findRemovals, remove } = await import('@sluice/adapters/compose');
  const { signal } = new AbortController();
  const taken: TakenDown[] = [];
  for (const found of await findRemovals(root, project, signal)) {
    say(intention(found, withVolumes));
    const used = await remove(root, found.record, withVolumes, signal);
    const { file } = found.record;
    const gone = (names: string[]) => (found.sharedWith.length > 0 ? [] : names.filter((name) => !used.includes(name)));
    const removed = {
      containers: gone(found.containers.map(({ name }) => name)),
      networks: gone(found.networks.map(({ name }) => name)),
      volumes: withVolumes ? gone(found.volumes) : [],
    };
    if (used.length > 0) say(`left, as others use it: ${used.join(', ')}`);
    const left = [...used, ...found.volumes.filter((name) => !withVolumes && !used.includes(name))];
    taken.push({ file, sharedWith: found.sharedWith, removed, left });
  }
  return taken;
}

function intention({ record, sharedWith, containers, networks, volumes }: Removal, withVolumes: boolean): string {
  if (sharedWith.length > 0) return `${record.file}: its containers stay, for ${sharedWith.join(', ')} has them too`;
  const names = [...containers, ...networks].map(({ name }) => name);
  const all = withVolumes ? [...names, ...volumes] : names;
  const what = all.length > 0 ? `removing ${all.join(', ')}` : 'nothing is left of its containers';
  const stays = volumes.length > 0 && !withVolumes ? `; --volumes would remove ${volumes.join(', ')} too` : '';
  return `${record.file}: ${what}${stays}`;
}
