import { findNamed, findRepository, type Repository } from '@sluice/adapters/git';
import { isOurs, readService, type Service } from '../inference/service';

/** What git knows of a folder. */
export interface FoundServices {
  repository: Repository;
  services: Service[];
}

/**
 * The services of the checkout that a folder is in, by the rules of inference but without nx, whose start would take a
 * second. `top`: where it is known already, the top of the checkout, so that nothing has to be waited for before it is
 * searched.
 */
export async function findServices(cwd: string, top?: string): Promise<FoundServices> {
  const looking = findRepository(cwd);
  const [repository, services] = await Promise.all([
    looking,
    top === undefined ? looking.then(({ checkout }) => servicesIn(checkout)) : servicesIn(top),
  ]);
  return { repository, services };
}

async function servicesIn(checkout: string): Promise<Service[]> {
  const files = (await findNamed(checkout, 'sluice.json')).filter(isOurs);
  const found = await Promise.all(files.map((file) => readService(checkout, file)));
  return found.filter((service) => service !== null);
}
