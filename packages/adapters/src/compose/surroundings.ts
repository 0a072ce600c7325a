import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sluiceError, type Surroundings } from '@sluice/core';
import { commandEnv } from '../checks/command-env';
import type { ComposeFile } from './compose-file';
import { findComposeTool, runTool, type ToolPlace } from './compose-tool';
import { convergeContainers, type Convergence } from './converge';
import { findEndpoint } from './endpoint';
import { openEngine } from './engine';
import { recordIn } from './record';
import { standingOf } from './standing';

export interface ComposeRequest {
  /** The main checkout, where it is noted what was brought up. */
  root: string;
  project: string;
  file: ComposeFile;
  /** The services of the file that Sluice itself runs. */
  app: readonly string[];
  /** Milliseconds for each: images to be built, services to be healthy. */
  timeout: number;
  say(line: string): void;
}

/** Milliseconds to resolve the file. */
const patience = 60_000;

/**
 * The surroundings that a Compose file describes. Rejects with `ENGINE_UNREACHABLE`, `COMPOSE_MISSING` and `COMPOSE_INVALID` before
 * anything is done.
 */
export async function openCompose(request: ComposeRequest, signal: AbortSignal): Promise<Surroundings> {
  const { root, project, file, app, timeout, say } = request;
  const base = { cwd: dirname(file.path), env: commandEnv(process.env) };
  const endpoint = await findEndpoint(base, signal);
  const place: ToolPlace = { ...base, env: { ...base.env, DOCKER_HOST: endpoint } };
  const engine = await openEngine(endpoint);
  const tool = await findComposeTool(file.shown, place, signal);
  const resolved = await resolve([...tool.command, ...argumentsFor(file, file.path), 'config'], file, place, signal);
  const { readDefinition } = await import('./definition');
  const profiles = tool.version.startsWith('1.') ? (place.env['COMPOSE_PROFILES'] ?? '').split(',') : null;
  const definition = readDefinition(resolved, { file: file.shown, app, profiles });
  const look = (at: AbortSignal = signal) => engine.containers(file.name, at);

  return {
    tool: tool.command.join(' '),
    version: tool.version,
    timeLimit: 3 * timeout + 120_000, // who was at it before, images, services; then questions to the engine

    converge: (stop) =>
      recordIn(root).whileAlone(file.name, timeout, async () => {
        await recordIn(root).write({ project, name: file.name, file: file.shown, endpoint });
        return inOwnFile(definition.text, (path) => {
          const run: Convergence['run'] = (args, limit, onLine) =>
            runTool([...tool.command, ...argumentsFor(file, path), ...args], { ...place, onLine }, limit, stop);
          return convergeContainers(
            { engine, name: file.name, services: definition.services, timeout, run, say },
            stop,
          );
        });
      }),

    async evidence() {
      const [containers, networks, now] = await Promise.all([look(), engine.networks(file.name), engine.now()]);
      const rows: [string, string][] = [
        ...definition.services.map((service): [string, string] => [
          `service ${service.name}`,
          standingOf(service, containers, now).words,
        ]),
        ...containers.map(({ service, image }): [string, string] => [`image ${service}`, image]),
        ...networks.map(({ name, id }): [string, string] => [`network ${name}`, id]),
      ];
      return Object.fromEntries(rows);
    },

    async addresses() {
      const running = (await look()).filter(({ state }) => state === 'running');
      return Object.fromEntries(
        running.flatMap(({ service, addresses: [address] }) => (address === undefined ? [] : [[service, address]])),
      );
    },

    logs: async (lines) =>
      Promise.all(
        (await look()).map(async ({ service, id }) => ({ service, lines: await engine.lastLines(id, lines) })),
      ),
  };
}

/** Paths in the file are relative to where it lies, wherever it is read from. */
const argumentsFor = (file: ComposeFile, path: string): string[] => [
  ...['-f', path],
  ...['--project-directory', dirname(file.path)],
  ...['-p', file.name],
];

async function resolve(
  command: readonly string[],
  file: ComposeFile,
  place: ToolPlace,
  signal: AbortSignal,
): Promise<string> {
  const { end, output } = await runTool(command, place, patience, signal);
  if (end?.exitCode === 0) return output.join('\n');
  const problem = end ? end.lastLines.slice(-5).join('\n') : `it was not read within ${patience / 1000} s.`;
  throw sluiceError('COMPOSE_INVALID', { file: file.shown, problem });
}

/** A file of this moment that only this user may read: what is in it may be secret. */
async function inOwnFile<T>(text: string, act: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-compose-'));
  try {
    const path = join(folder, 'compose.yaml');
    await writeFile(path, text, { mode: 0o600 });
    return await act(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
