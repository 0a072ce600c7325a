import { once } from 'node:events';
import { createServer } from 'node:http';

/** What the engine shows of one container. */
export interface FakeContainer {
  service: string;
  state?: string;
  exitCode?: number;
  health?: string;
  image?: string;
}

export interface FakeEngine {
  endpoint: string;
  containers: FakeContainer[];
  /** `METHOD /path` of what was changed. */
  changed: string[];
  close(): Promise<void>;
}

/** Something that answers at a socket as the engine's API does, with containers that started a minute ago. */
export async function fakeEngine(socket: string): Promise<FakeEngine> {
  const engine: Omit<FakeEngine, 'close'> = { endpoint: `unix://${socket}`, containers: [], changed: [] };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://engine').pathname;
    if (request.method !== 'GET') engine.changed.push(`${request.method ?? ''} ${path}`);
    const answer = answerTo(path, engine.containers);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(answer === undefined ? '{"message":"no such thing"}' : JSON.stringify(answer));
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    ...engine,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const startedAt = new Date(Date.now() - 60_000).toISOString();

function answerTo(path: string, containers: readonly FakeContainer[]): unknown {
  if (path === '/_ping') return 'OK';
  if (path === '/info') return { SystemTime: new Date().toISOString() };
  if (path === '/networks') return [];
  if (path === '/images/some:1/json') return { Id: 'sha256:1' };
  if (path === '/volumes') return { Volumes: [] };
  if (path === '/containers/json') return containers.map(({ service }) => ({ Id: service, Labels: {} }));
  const [, name, what] = /^\/containers\/([^/]+)\/(json|logs)$/.exec(path) ?? [];
  const found = containers.find(({ service }) => service === name);
  if (!found) return undefined;
  return what === 'logs' ? `${found.service} was here` : inspected(found);
}

const inspected = ({ service, state = 'running', exitCode = 0, health, image = 'sha256:1' }: FakeContainer) => ({
  Id: service,
  Name: `/x_${service}_1`,
  Image: image,
  State: {
    ...{ Status: state, ExitCode: exitCode, StartedAt: startedAt },
    ...(health !== undefined && { Health: { Status: health } }),
  },
  HostConfig: { RestartPolicy: { Name: '' } },
  Config: { Image: 'some:1', Labels: { 'com.docker.compose.service': service, 'com.docker.compose.config-hash': 'h' } },
  NetworkSettings: { Ports: {}, Networks: {} },
});
