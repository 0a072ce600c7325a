import Docker from 'dockerode';
import { findRemovals, remove } from '@sluice/adapters/compose';
import type { Place } from './project';

if (!process.env['DOCKER_HOST']?.includes('sluice-docker-')) {
  throw new Error('These tests want an engine of their own: npm run test:docker');
}
export const docker = new Docker();

/** The containers that Compose made under a name: service -> state. */
export async function statesOf(name: string): Promise<Record<string, string>> {
  const all = await containersOf(name);
  return Object.fromEntries(all.map(({ Labels, State }) => [Labels['com.docker.compose.service'] ?? '', State]));
}

export const containersOf = (name: string): Promise<Docker.ContainerInfo[]> =>
  docker.listContainers({ all: true, filters: { label: [`com.docker.compose.project=${name}`] } });

export async function networksOf(name: string): Promise<string[]> {
  const found = await docker.listNetworks({ filters: { label: [`com.docker.compose.project=${name}`] } });
  return found.map(({ Name }) => Name.slice(name.length + 1)).sort();
}

export async function volumesOf(name: string): Promise<string[]> {
  const { Volumes } = await docker.listVolumes({ filters: { label: [`com.docker.compose.project=${name}`] } });
  return Volumes.map(({ Name }) => Name.slice(name.length + 1)).sort();
}

/** Takes down what a project brought up; what stays because others use it. */
export async function takeDown({ root }: Place, { project = 'app', volumes = false } = {}): Promise<string[]> {
  const { signal } = new AbortController();
  const found = await findRemovals(root, project, signal);
  const stays = await Promise.all(found.map(({ record }) => remove(root, record, volumes, signal)));
  return stays.flat();
}
