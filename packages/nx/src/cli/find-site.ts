import { sluiceError } from '@sluice/core';
import { findNamed, findRepository } from '@sluice/adapters/git';
import { isOurs } from '../inference/nodes';
import { readService, type Service } from '../inference/service';
import { siteIn, type Site } from '../stage/ground';

/** The services of a checkout, by the rules of inference but without nx, whose start would take a second. */
async function findServices(checkout: string): Promise<Service[]> {
  const files = (await findNamed(checkout, 'sluice.json')).filter(isOurs);
  const found = await Promise.all(files.map((file) => readService(checkout, file)));
  return found.filter((service) => service !== null);
}

/**
 * Every project that a `sluice.json` makes a service, in the repository that a folder is in. `top`: where it is known already,
 * the top of the checkout, so that nothing has to be waited for before it is searched.
 */
export async function findSites(cwd: string, top?: string): Promise<Site[]> {
  const looking = findRepository(cwd);
  const [repository, services] = await Promise.all([
    looking,
    top === undefined ? looking.then(({ checkout }) => findServices(checkout)) : findServices(top),
  ]);
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
