import { sluiceError } from '@sluice/core';
import { siteIn, type Site } from '../stage/ground';
import { findServices } from './find-services';

/** Every project that a `sluice.json` makes a service, in the repository that a folder is in. */
export async function findSites(cwd: string): Promise<Site[]> {
  const { repository, services } = await findServices(cwd);
  return Promise.all(
    services.map(({ name, root }) => siteIn(repository, { project: name, projectRoot: root, configuration: null })),
  );
}

/** The project of that name. Rejects with `PROJECT_UNKNOWN`. */
export async function findSite(cwd: string, project: string, configuration: string | null = null): Promise<Site> {
  const sites = await findSites(cwd);
  const site = sites.find((candidate) => candidate.project === project);
  if (site) return { ...site, configuration };
  throw sluiceError('PROJECT_UNKNOWN', { project, known: sites.map((known) => known.project).sort() });
}
