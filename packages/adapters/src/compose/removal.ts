import { openEngine, type Engine, type Named } from './engine';
import { recordIn, type ComposeRecord } from './record';

/** What a project brought up by a Compose file, and what of it is there. */
export interface Removal {
  record: ComposeRecord;
  /** Other projects that brought up the same, and so still need it: nothing is removed then. */
  sharedWith: string[];
  containers: Named[];
  networks: Named[];
  /** By name. They go only where that is asked for. */
  volumes: string[];
  engine: Engine;
}

/** Finds it without changing anything. Rejects with `ENGINE_UNREACHABLE`. */
export async function findRemovals(root: string, project: string, signal: AbortSignal): Promise<Removal[]> {
  const own = (await recordIn(root).all()).filter((record) => record.project === project);
  return Promise.all(own.map((record) => survey(root, record, signal)));
}

async function survey(root: string, record: ComposeRecord, signal: AbortSignal): Promise<Removal> {
  const { name, project, endpoint } = record;
  const engine = await openEngine(endpoint);
  const sharing = (await recordIn(root).all()).filter((other) => other.name === name && other.project !== project);
  const [containers, networks, volumes] = await Promise.all([
    engine.containers(name, signal),
    engine.networks(name),
    engine.volumes(name),
  ]);
  return { record, sharedWith: sharing.map((other) => other.project), containers, networks, volumes, engine };
}

/** How long somebody else may be bringing it up (ms). */
const patience = 300_000;

/**
 * Removes containers and networks, volumes only if asked; what is shared is left, and this project no longer counts. Gives the
 * names of what stays because others use it. To do it again after it was killed is right. Rejects with `ENGINE_REFUSED`, `COMPOSE_BUSY`.
 */
export async function remove(
  root: string,
  record: ComposeRecord,
  withVolumes: boolean,
  signal: AbortSignal,
): Promise<string[]> {
  const records = recordIn(root);
  return records.whileAlone(record.name, patience, async () => {
    // anew: others may have brought it up since it was shown
    const { sharedWith, containers, networks, volumes, engine } = await survey(root, record, signal);
    const stays: string[] = [];
    if (sharedWith.length === 0) {
      await Promise.all(containers.map(({ id }) => engine.removeContainer(id, withVolumes)));
      for (const { id, name } of networks) if (!(await engine.removeNetwork(id))) stays.push(name);
      for (const name of withVolumes ? volumes : []) if (!(await engine.removeVolume(name))) stays.push(name);
    }
    await records.forget(record);
    return stays;
  });
}
