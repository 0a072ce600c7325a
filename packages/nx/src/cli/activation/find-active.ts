import { siteIn, type Site } from '../../stage/ground';
import type { FoundServices } from '../find-services';
import type { Active } from './hook-memory';
import { readActivation, type Found } from './read-activation';

/** The projects that are to be deployed, and whether that is so until one of the hook's inputs changes. */
export interface Finding {
  active: Active[];
  lasts: boolean;
}

export async function findActive(
  repository: FoundServices['repository'],
  services: FoundServices['services'],
): Promise<Finding> {
  const read = await Promise.all(
    services.map(async ({ name, root }) =>
      readIfPossible(await siteIn(repository, { project: name, projectRoot: root, configuration: null })),
    ),
  );
  const active = read.flatMap((one) => {
    const signal = one?.found.signal ?? null;
    if (!one?.found.active || signal === null || hasFailedHere(one)) return [];
    const { site, found } = one;
    return [{ signal, line: `${site.project}: ${found.reason}. Deploy it: npx ${found.command}` }];
  });
  return { active, lasts: read.every((one) => one !== null && one.found.underWay === null) };
}

interface Read {
  site: Site;
  found: Found;
}

/** One project's broken settings say nothing about the others. */
const readIfPossible = (site: Site): Promise<Read | null> =>
  readActivation(site).then(
    (found) => ({ site, found }),
    () => null,
  );

/** The same commit would fail again: the agent that mends it has to commit first. */
const hasFailedHere = ({ site, found: { signal, handled } }: Read): boolean =>
  handled !== null && handled.signal === signal && handled.failure !== null && handled.commit === site.head;
