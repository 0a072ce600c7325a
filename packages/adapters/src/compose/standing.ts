import type { DescribedService } from './definition';

/** What the engine tells of a container. */
export interface Container {
  id: string;
  name: string;
  service: string;
  /** Compose's digest of what it was made from. */
  hash: string;
  /** Its image's id, and the name that the image had. */
  image: string;
  imageName: string;
  state: string;
  exitCode: number;
  /** Milliseconds since the epoch, by the engine's clock; NaN before its first start. */
  startedAt: number;
  /** `null` without a health check. */
  health: 'starting' | 'healthy' | 'unhealthy' | null;
  /** Whether the engine starts it again whenever it ends, with which code ever. */
  isKept: boolean;
  /** Whether the engine starts it again after a failure. */
  isRetried: boolean;
  /** Whether it is to publish ports, and by TCP those that it does while it runs. */
  publishes: boolean;
  ports: PublishedPort[];
  /** Its addresses in its networks. */
  addresses: string[];
}

export interface PublishedPort {
  host: string;
  port: number;
  /** The port inside. */
  inside: number;
}

/** How a service stands: what there is to wait for, or why waiting is in vain. */
export interface Standing {
  service: string;
  how: 'ready' | 'waiting' | 'failed';
  /** `healthy`, `running`, `done`, `starting`, `exited with code 1` */
  words: string;
}

/** A container without a health check counts as running when it has run so long (ms): one that ends at once starts too. */
export const settling = 2_000;

/** How a service stands by its containers; the worst of them counts. `now` is the engine's time. */
export function standingOf(
  { name, replicas }: DescribedService,
  containers: readonly Container[],
  now: number,
): Standing {
  const own = containers.filter(({ service }) => service === name).map((container) => stand(container, now));
  const missing: [Standing['how'], string] = ['failed', own.length ? `${own.length} of ${replicas}` : 'not there'];
  const all = own.length < replicas ? [...own, missing] : own;
  const worst = (['failed', 'waiting', 'ready'] as const).flatMap((how) => all.filter(([each]) => each === how))[0];
  const [how, words] = worst ?? ['ready', 'none wanted'];
  return { service: name, how, words };
}

function stand(container: Container, now: number): [Standing['how'], string] {
  const { state, health, startedAt } = container;
  switch (state) {
    case 'running':
      if (health === 'healthy') return ['ready', 'healthy'];
      if (health !== null) return [health === 'unhealthy' ? 'failed' : 'waiting', health];
      return now - startedAt >= settling ? ['ready', 'running'] : ['waiting', 'running for a moment only'];
    case 'exited':
      return standExited(container);
    case 'created':
    case 'restarting':
      return ['waiting', state === 'created' ? 'created, not started' : `restarting after code ${container.exitCode}`];
    default:
      return ['failed', state];
  }
}

/** A task such as a migration ends with 0 and is done; what is to be asked something may not end. */
function standExited({ exitCode, health, publishes, isKept, isRetried }: Container): [Standing['how'], string] {
  const words = `exited with code ${exitCode}`;
  if (isKept || (exitCode !== 0 && isRetried)) return ['waiting', words];
  return exitCode === 0 && health === null && !publishes ? ['ready', 'done'] : ['failed', words];
}
