import type { Row } from './error-catalogue';

const row = <D>(what: Row<D>['what'], mend: Row<D>['mend']): Row<D> => ({ what, mend });

/** The part of the catalogue about what a Compose file brings up around the release. */
export const composeErrors = {
  COMPOSE_MISSING: row<{ file: string; tried: string[] }>(
    (d) => `${d.file} is there, but nothing that runs it: ${d.tried.join('; ')}.`,
    () => 'Install Docker Compose: "docker compose version" or "docker-compose version" must answer.',
  ),
  COMPOSE_INVALID: row<{ file: string; problem: string }>(
    (d) => `${d.file} can't be used: ${d.problem}`,
    () => 'Mend the file, or infra.compose of sluice.json, and commit it: "docker compose config" shows what is read.',
  ),
  COMPOSE_BUSY: row<{ name: string; by: string }>(
    (d) => `Process ${d.by} is still bringing up or taking down the containers of ${d.name}.`,
    () => 'Wait until it has ended, then run again.',
  ),
  ENGINE_UNREACHABLE: row<{ endpoint: string; reason: string }>(
    (d) => `The container engine does not answer at ${d.endpoint}: ${d.reason}.`,
    () =>
      'Start it and let this user reach it ("docker info" must answer); DOCKER_HOST or the current docker context says where it is.',
  ),
  ENGINE_REFUSED: row<{ what: string; reason: string }>(
    (d) => `The container engine refused to ${d.what}: ${d.reason}.`,
    () => 'Mend what it says, then run again: what is done already is not done twice.',
  ),
} as const;
