import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  aggregateSignals,
  completionSchema,
  errorSignalSchema,
  isoInstant,
  noSignals,
  rollbackSignalSchema,
  z,
  type Instant,
  type Member,
  type OutcomeSignals,
} from '@sluice/core';
import { replaceFile } from '../durable/durable-file';
import { namedProcess, type NamedProcess } from '../processes/named-process';
import { readFitting } from './json-file';
import { begunFile, deploymentFolder, signalFolder, signalNames } from './paths';
import { begunProjects, isUnderWay } from './under-way';

/** Of a run that begins. */
export interface Beginning {
  commit: string;
  at: Instant;
  /** The process that the whole run lives in; `null` for the host, which goes on with what a run has begun. */
  process: NamedProcess | null;
}

/**
 * The signals of phase 6. Each project has its own, in its folder of the worktree and of the main checkout. Projects that are
 * deployed together share a batch, whose aggregate is at the pipeline's paths of both. A run that begins while another is under
 * way joins its batch: none of the two may say that all is complete while the other one is not.
 */
export interface Signals {
  begin(worktree: string, projects: readonly string[], beginning: Beginning): Promise<void>;
  write(worktree: string, project: string, signals: OutcomeSignals | null): Promise<OutcomeSignals>;
  /** Whether what came of a project's deployment has been told. */
  isTold(project: string): Promise<boolean>;
}

const markerSchema = z.object({
  commit: z.string(),
  batch: z.string(),
  process: z.union([namedProcess, z.literal(null)]),
});
type Marker = z.infer<typeof markerSchema>;

export function createSignals(root: string): Signals {
  const places = (worktree: string): string[] => [...new Set([worktree, root])];

  async function begin(worktree: string, projects: readonly string[], { commit, at, process }: Beginning) {
    const before = await Promise.all(projects.map((project) => readMarker(root, project)));
    const isOurs = (marker: Marker | null) =>
      marker?.commit === commit && (process === null || isSame(marker.process, process));
    const [known] = before.filter(isOurs);
    const batch = known?.batch ?? (await batchUnderWay(projects)) ?? `${isoInstant(at)} ${projects.join(' ')}`;
    for (const [index, project] of projects.entries()) {
      const isBegun = isOurs(before[index] ?? null);
      if (isBegun && process !== null) continue; // by another project of the same run
      await clear(worktree, project);
      if (isBegun) continue;
      const started = { project, commit, startedAt: isoInstant(at), batch, process };
      await replaceFile(begunFile(root, project), layOut(started));
    }
    await publish(worktree, batch, projects[0] ?? '');
  }

  /** The batch of another project's deployment that is not over. */
  async function batchUnderWay(projects: readonly string[]): Promise<string | null> {
    for (const other of await begunProjects(root)) {
      if (projects.includes(other)) continue;
      const marker = await readMarker(root, other);
      if (marker && !isOver(await readSignals(root, other)) && (await isUnderWay(root, other, marker.process)))
        return marker.batch;
    }
    return null;
  }

  async function clear(worktree: string, project: string): Promise<void> {
    for (const place of places(worktree))
      for (const name of Object.values(signalNames))
        await rm(join(deploymentFolder(place, project), name), { force: true });
  }

  async function write(worktree: string, project: string, signals: OutcomeSignals | null): Promise<OutcomeSignals> {
    const marker = await readMarker(root, project);
    for (const place of places(worktree)) await writeInto(deploymentFolder(place, project), signals ?? noSignals);
    return publish(worktree, marker?.batch ?? null, project);
  }

  /** Others write too: what was found may be old when it is written, so it is looked at again. */
  async function publish(worktree: string, batch: string | null, project: string): Promise<OutcomeSignals> {
    for (let turn = 0; ; turn += 1) {
      const found = aggregateSignals(await membersOf(batch, project));
      for (const place of places(worktree)) await writeInto(signalFolder(place), found);
      const after = aggregateSignals(await membersOf(batch, project));
      if (turn > 20 || JSON.stringify(after) === JSON.stringify(found)) return found;
    }
  }

  /** Those of the batch that are over or under way: one whose run was killed holds up nobody. */
  async function membersOf(batch: string | null, project: string): Promise<Member[]> {
    const members: Member[] = [];
    for (const name of new Set([...(await begunProjects(root)), project])) {
      const marker = await readMarker(root, name);
      if (name !== project && (batch === null || marker?.batch !== batch)) continue;
      const signals = await readSignals(root, name);
      if (name === project || isOver(signals) || (await isUnderWay(root, name, marker?.process ?? null)))
        members.push({ project: name, signals });
    }
    return members;
  }

  return { begin, write, isTold: async (project) => isOver(await readSignals(root, project)) };
}

const isSame = (one: NamedProcess | null, other: NamedProcess): boolean =>
  one?.pid === other.pid && one.identity === other.identity;

const isOver = ({ complete, error, rollback }: OutcomeSignals): boolean => Boolean(complete ?? error ?? rollback);

/** What is not there any more goes first: at no moment do two signals contradict each other. */
async function writeInto(folder: string, signals: OutcomeSignals): Promise<void> {
  const names = ['complete', 'error', 'rollback'] as const;
  for (const name of names) if (!signals[name]) await rm(join(folder, signalNames[name]), { force: true });
  for (const name of names)
    if (signals[name]) await replaceFile(join(folder, signalNames[name]), layOut(signals[name]));
}

const layOut = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const readMarker = (root: string, project: string): Promise<Marker | null> =>
  readFitting(begunFile(root, project), markerSchema);

async function readSignals(root: string, project: string): Promise<OutcomeSignals> {
  const file = (name: string) => join(deploymentFolder(root, project), name);
  const [complete, error, rollback] = await Promise.all([
    readFitting(file(signalNames.complete), completionSchema),
    readFitting(file(signalNames.error), errorSignalSchema),
    readFitting(file(signalNames.rollback), rollbackSignalSchema),
  ]);
  return { complete, error, rollback };
}
