import type Docker from 'dockerode';
import { sluiceError } from '@sluice/core';
import { reasonOf } from '../files/json-file';
import { linesIn } from './engine-log';
import { containerSchema, timeSchema, toContainer } from './engine-schema';
import type { Container } from './standing';

export interface Named {
  id: string;
  name: string;
}

/** What is asked of the container engine. All that belongs to a Compose project is found by the labels that Compose gives. */
export interface Engine {
  endpoint: string;
  /** The engine's own time, ms since the epoch. */
  now(): Promise<number>;
  /** In every state, sorted by name; without those of `compose run`. */
  containers(project: string, signal: AbortSignal): Promise<Container[]>;
  networks(project: string): Promise<Named[]>;
  volumes(project: string): Promise<string[]>;
  /** The image that the name stands for now; `null` where there is none. */
  imageId(name: string): Promise<string | null>;
  /** The last lines that a container wrote, both streams. */
  lastLines(id: string, count: number): Promise<string[]>;
  /** Stops and removes it, with its volumes that have no name where that is asked; one that is gone already is no error. */
  removeContainer(id: string, withVolumes: boolean): Promise<void>;
  /** `false` where others still use it, and so it stays. */
  removeNetwork(id: string): Promise<boolean>;
  removeVolume(name: string): Promise<boolean>;
}

/** Milliseconds without a word from the engine. */
const patience = 60_000;
const firstPatience = 10_000;

/** Rejects with `ENGINE_UNREACHABLE` when no engine answers there. */
export async function openEngine(endpoint: string): Promise<Engine> {
  const unreachable = (reason: string) => sluiceError('ENGINE_UNREACHABLE', { endpoint, reason });
  const options = optionsFor(endpoint);
  if (!options) throw unreachable('only unix://, npipe:// and tcp:// are spoken');
  const { default: Dockerode } = await import('dockerode');
  await new Dockerode({ ...options, timeout: firstPatience }).ping().catch((error: unknown) => {
    throw unreachable(reasonOf(error));
  });
  return engineOf(new Dockerode({ ...options, timeout: patience }), endpoint);
}

/** TLS is configured by the environment, as for `docker` itself. */
function optionsFor(endpoint: string): Docker.DockerOptions | null {
  const [, kind, rest = ''] = /^(unix|npipe|tcp|https?):\/\/(.+)$/.exec(endpoint) ?? [];
  if (kind === undefined) return null;
  if (endpoint === process.env['DOCKER_HOST']) return {};
  if (kind === 'unix' || kind === 'npipe') return { host: undefined, socketPath: rest };
  const { hostname, port } = new URL(`http://${rest}`);
  return { host: hostname, port: port || '2375', protocol: kind === 'https' ? 'https' : 'http' };
}

function engineOf(docker: Docker, endpoint: string): Engine {
  const labelled = (project: string) => ({ filters: { label: [`com.docker.compose.project=${project}`] } });

  async function look(id: string, signal: AbortSignal): Promise<Container | null> {
    try {
      return toContainer(containerSchema.parse(await docker.getContainer(id).inspect({ abortSignal: signal })));
    } catch (error) {
      if (statusOf(error) === 404) return null; // removed in the meantime
      throw error;
    }
  }

  return {
    endpoint,
    now: async () => Date.parse(timeSchema.parse(await docker.info()).SystemTime),

    async containers(project, signal) {
      const found = await docker.listContainers({ all: true, ...labelled(project), abortSignal: signal });
      const own = found.filter(({ Labels }) => Labels['com.docker.compose.oneoff']?.toLowerCase() !== 'true');
      const facts = await Promise.all(own.map(({ Id }) => look(Id, signal)));
      return facts.flatMap((fact) => fact ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
    },

    async networks(project) {
      const found = await docker.listNetworks(labelled(project));
      return found.map(({ Id, Name }) => ({ id: Id, name: Name })).sort((a, b) => (a.name < b.name ? -1 : 1));
    },

    async volumes(project) {
      const { Volumes } = await docker.listVolumes(labelled(project));
      return Volumes.map(({ Name }) => Name).sort();
    },

    async imageId(name) {
      try {
        return (await docker.getImage(name).inspect()).Id;
      } catch (error) {
        if (statusOf(error) === 404) return null;
        throw error;
      }
    },

    lastLines: async (id, count) =>
      linesIn(await docker.getContainer(id).logs({ stdout: true, stderr: true, tail: count })),

    async removeContainer(id, withVolumes) {
      const container = docker.getContainer(id);
      // 304: it has ended already; 404: it is gone; 409: somebody else removes it
      await container.stop().catch(unless([304, 404], 'stop a container'));
      await container.remove({ force: true, v: withVolumes }).catch(unless([404, 409], 'remove a container'));
    },

    removeNetwork: (id) => isRemoved(docker.getNetwork(id).remove(), 'a network'),
    removeVolume: (name) => isRemoved(docker.getVolume(name).remove(), 'a volume'),
  };
}

/** One that is gone already is removed; 403 and 409: it is in use. */
async function isRemoved(removal: Promise<unknown>, what: string): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    if ([403, 409].includes(statusOf(error))) return false;
    return statusOf(error) === 404 || refuse(`remove ${what}`, error);
  }
}

function refuse(what: string, error: unknown): never {
  throw sluiceError('ENGINE_REFUSED', { what, reason: reasonOf(error) });
}

/** For an answer that is none, by its status. */
const unless = (statuses: readonly number[], what: string) => (error: unknown) => {
  if (!statuses.includes(statusOf(error))) refuse(what, error);
};

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 0;
