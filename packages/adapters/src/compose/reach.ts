import { connect } from 'node:net';
import type { Container, PublishedPort } from './standing';

/** How long one look at a port waits (ms). */
const patience = 1_000;

export interface Unreachable {
  service: string;
  words: string;
}

/** The services that take no connection at a port that they publish. */
export async function unreachablePorts(
  containers: readonly Container[],
  endpoint: string,
  signal: AbortSignal,
): Promise<Unreachable[]> {
  const looks = containers
    .filter(({ state }) => state === 'running')
    .flatMap((container) => distinct(container.ports).map((port) => lookAt(container, port, endpoint, signal)));
  return (await Promise.all(looks)).filter((problem) => problem !== null);
}

/** Docker publishes one port on the addresses of both families: one of them is enough. */
const distinct = (ports: readonly PublishedPort[]): PublishedPort[] =>
  ports.filter(
    ({ host, port }, at) =>
      !(isAny(host) && host.includes(':')) ||
      !ports.some((other, i) => i !== at && isAny(other.host) && other.port === port),
  );
const isAny = (host: string): boolean => ['', '0.0.0.0', '::'].includes(host);

/**
 * The engine's own proxy takes a connection whatever is behind it. So the container's address is tried as well, where this machine
 * reaches it: only a refusal counts there, for an engine in a virtual machine hides it.
 */
async function lookAt(
  { service, addresses, health }: Container,
  { host, port, inside }: PublishedPort,
  endpoint: string,
  signal: AbortSignal,
): Promise<Unreachable | null> {
  const outside = await tryConnect(isAny(host) ? machineOf(endpoint, host) : host, port, signal);
  if (outside !== null) return { service, words: `its published port ${port} does not answer (${outside})` };
  const [address] = addresses;
  if (health !== null || address === undefined) return null;
  const behind = await tryConnect(address, inside, signal);
  return behind === 'ECONNREFUSED'
    ? { service, words: `nothing listens on its port ${inside}, published as ${port}` }
    : null;
}

/** Where ports are published that name no address: the machine of the engine. */
function machineOf(endpoint: string, host: string): string {
  const remote = /^(?:tcp|https?):\/\/(.+)$/.exec(endpoint)?.[1];
  if (remote !== undefined) return new URL(`http://${remote}`).hostname.replace(/^\[|\]$/g, '');
  return host === '::' ? '::1' : '127.0.0.1';
}

/** Why not, as the system's code; `null` when the connection was taken. */
const tryConnect = (host: string, port: number, signal: AbortSignal): Promise<string | null> =>
  new Promise((settle) => {
    const late = AbortSignal.timeout(patience);
    const socket = connect({ host, port, signal: AbortSignal.any([signal, late]) });
    const end = (problem: string | null) => {
      socket.destroy();
      settle(problem);
    };
    socket.once('connect', () => end(null));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(late.aborted ? 'no answer' : (error.code ?? error.message)),
    );
  });
