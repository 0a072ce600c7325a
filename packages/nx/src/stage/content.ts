import { digestOf, pipeline, sluiceError, type Config, type Digest, type StageName } from '@sluice/core';
import { listBlobs, listChanges, type Blob } from '@sluice/adapters/git';
import { contentFilter } from '../inference/content-paths';
import { prdPlaces } from '../inference/prd-places';
import type { Ground } from './ground';

/** The settings that a pure stage runs with: a part of what it judges. */
const settingsOf: Partial<Record<StageName, (config: Config) => unknown>> = {
  build: ({ build }) => build,
  security: ({ security }) => security,
  load: ({ load, runtime, environments: { staging } }) => ({ load, runtime, staging }),
  performance: ({ load, performance }) => ({ load, performance }),
};

/** The digest of what each pure stage judges at a commit: the files that inference declares as its inputs, and settings. */
export async function contentDigests(
  ground: Ground,
  config: Config,
  commit: string,
): Promise<Partial<Record<StageName, Digest>>> {
  const all = await listBlobs(ground.worktree, commit);
  const pure = pipeline.filter(({ kind }) => kind === 'pure');
  return Object.fromEntries(
    pure.map(({ name }) => {
      const blobs = contentIn(all, filterOf(ground, name));
      return [name, digestOf({ stage: name, blobs, settings: settingsOf[name]?.(config) })];
    }),
  );
}

export type ContentFile = Pick<Blob, 'path' | 'id'>;

/** The files of a commit that are the project's content for a stage, with git's ids of them. */
export async function contentBlobs(
  ground: Subject,
  stage: StageName,
  checkout: string,
  commit: string,
): Promise<ContentFile[]> {
  return contentIn(await listBlobs(checkout, commit), filterOf(ground, stage));
}

type Subject = Pick<Ground, 'context' | 'project' | 'projectRoot'>;
type Filter = (path: string, isFile?: boolean) => boolean;

/** The requirements document is content of the stage that reads it alone. */
function filterOf({ context, project, projectRoot }: Subject, stage: StageName): Filter {
  const isContent = contentFilter(context.projectGraph, project);
  if (stage !== 'performance') return isContent;
  const places = prdPlaces(projectRoot);
  return (path, isFile) => isContent(path, isFile) || places.includes(path);
}

const contentIn = (blobs: readonly Blob[], isContent: Filter): ContentFile[] =>
  blobs.filter(({ path, isFile }) => isContent(path, isFile)).map(({ path, id }) => ({ path, id }));

/**
 * Nx hashed the files of the checkout it runs in, the stage judges those of the commit: a result is only good for that hash
 * while both are the same. Rejects with `INPUTS_CHANGED`.
 */
export async function checkInputs(ground: Ground, stage: StageName, commit: string): Promise<void> {
  const { checkout, head, worktree } = ground;
  const isContent = filterOf(ground, stage);
  const changed = (await listChanges(checkout)).filter((path) => isContent(path));
  if (changed.length) throw sluiceError('INPUTS_CHANGED', { files: changed });
  if (head === commit) return;
  const [here, there] = await Promise.all([
    contentBlobs(ground, stage, checkout, head),
    contentBlobs(ground, stage, worktree, commit),
  ]);
  const ids = new Map(there.map(({ path, id }) => [path, id]));
  const moved = here.filter(({ path, id }) => ids.get(path) !== id).map(({ path }) => path);
  const gone = there.filter(({ path }) => !here.some((blob) => blob.path === path)).map(({ path }) => path);
  if (moved.length + gone.length) throw sluiceError('INPUTS_CHANGED', { files: [...moved, ...gone] });
}
