import { runTool, type ToolPlace } from './compose-tool';

const usual = 'unix:///var/run/docker.sock';
/** Milliseconds to say the current context. */
const patience = 10_000;

/**
 * Where the container engine is, as `docker` itself finds it: DOCKER_HOST, else the current context, else the usual socket. Compose
 * is told the same, so that both speak of one engine.
 */
export async function findEndpoint(place: ToolPlace, signal: AbortSignal): Promise<string> {
  const stated = place.env['DOCKER_HOST'];
  if (stated !== undefined && stated !== '') return stated;
  const ask = ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
  const { end, output } = await runTool(ask, place, patience, signal);
  const [first = ''] = output;
  return end?.exitCode === 0 && /^[a-z]+:\/\/\S+$/.test(first) ? first : usual;
}
