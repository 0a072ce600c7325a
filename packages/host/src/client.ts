import { join } from 'node:path';
import {
  sluiceError,
  SluiceError,
  type CheckResult,
  type EnvironmentName,
  type EnvironmentState,
  type StatusReport,
} from '@sluice/core';
import { z } from 'zod';
import { createJsonClient, type JsonClient } from './control/json-client';
import {
  acceptedSchema,
  healthSchema,
  type Accepted,
  type DeployRequest,
  type DownRequest,
  type HostHealth,
  type PermitRequest,
  type RollbackRequest,
} from './protocol';
import { socketsOf } from './sockets';
import { spawnDetached } from './spawn';

/** What executors talk to. Every method rejects with the host's own `SluiceError`, or `HOST_UNREACHABLE`. */
export interface HostClient {
  deploy(request: DeployRequest): Promise<Accepted>;
  rollBack(request: RollbackRequest): Promise<Accepted>;
  permit(request: PermitRequest): Promise<Accepted>;
  takeDown(request: DownRequest): Promise<Accepted>;
  state(project: string, environment: EnvironmentName): Promise<EnvironmentState>;
  /** Follows an environment until the given state satisfies `isEnd`; outlives a controller that is started again. */
  follow(
    project: string,
    environment: EnvironmentName,
    onState: (state: EnvironmentState) => void,
    isEnd: (state: EnvironmentState) => boolean,
    signal: AbortSignal,
  ): Promise<EnvironmentState>;
  status(project: string): Promise<StatusReport>;
  /** The post-deployment checks of what is live now. */
  verify(project: string, environment: EnvironmentName): Promise<CheckResult[]>;
  health(): Promise<HostHealth>;
  /** Ends the host when nothing is live; false when something is. */
  close(): Promise<boolean>;
}

/** Both sides of the socket are built and released together, so the state is checked by its envelope only. */
const stateSchema = z.custom<EnvironmentState>(
  (value) =>
    z.looseObject({ version: z.literal(1), project: z.string(), environment: z.string() }).safeParse(value).success,
);
const statusSchema = z.custom<StatusReport>(
  (value) => z.looseObject({ environments: z.array(z.unknown()) }).safeParse(value).success,
);

const checksSchema = z.object({ checks: z.custom<CheckResult[]>((value) => Array.isArray(value)) });

const startTime = 15_000;
const between = 50;

/** The host of a workspace, started when it does not run. */
export async function connectHost(root: string): Promise<HostClient> {
  const client = await findHost(root);
  if (client) return client;
  const folder = join(root, '.sluice', 'host');
  const log = join(folder, 'controller.log');
  spawnDetached(require.resolve('@sluice/host/controller'), ['--root', root], { cwd: root, log });
  const { controller: socket } = await socketsOf(folder);
  const until = performance.now() + startTime;
  for (;;) {
    const started = await findHost(root);
    if (started) return started;
    if (performance.now() > until)
      throw sluiceError('HOST_UNREACHABLE', { socket, log, reason: 'it did not start in time' });
    await pause(between);
  }
}

/** The host of a workspace, or `null` when it does not run. */
export async function findHost(root: string): Promise<HostClient | null> {
  const { controller } = await socketsOf(join(root, '.sluice', 'host'));
  const json = createJsonClient(controller);
  try {
    await json.call(healthSchema, 'GET', '/health', { signal: AbortSignal.timeout(2_000) });
    return createHostClient(json, root, controller);
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown;
    return null;
  }
}

function createHostClient(json: JsonClient, root: string, socket: string): HostClient {
  const call = async <T>(schema: z.ZodType<T>, method: string, path: string, body?: object): Promise<T> => {
    try {
      return await json.call(schema, method, path, body ? { body } : {});
    } catch (thrown) {
      if (thrown instanceof SluiceError) throw thrown;
      const log = join(root, '.sluice', 'host', 'controller.log');
      throw sluiceError('HOST_UNREACHABLE', {
        socket,
        log,
        reason: thrown instanceof Error ? thrown.message : String(thrown),
      });
    }
  };
  const at = (collection: string, ...names: string[]) => `/${[collection, ...names.map(encodeURIComponent)].join('/')}`;

  return {
    deploy: (request) => call(acceptedSchema, 'POST', at('rollouts'), request),
    rollBack: (request) => call(acceptedSchema, 'POST', at('rollbacks'), request),
    permit: (request) => call(acceptedSchema, 'POST', at('permits'), request),
    takeDown: (request) => call(acceptedSchema, 'POST', at('downs'), request),
    state: (project, environment) => call(stateSchema, 'GET', at('states', project, environment)),
    status: (project) => call(statusSchema, 'GET', at('status', project)),
    verify: async (project, environment) =>
      (await call(checksSchema, 'POST', at('verifications'), { project, environment })).checks,
    health: () => call(healthSchema, 'GET', at('health')),
    close: async () => (await call(z.object({ closing: z.boolean() }), 'POST', at('close'), {})).closing,

    async follow(project, environment, onState, isEnd, signal) {
      for (;;) {
        try {
          for await (const state of json.stream(stateSchema, at('events', project, environment), signal)) {
            onState(state);
            if (isEnd(state)) return state;
          }
        } catch (thrown) {
          if (signal.aborted || thrown instanceof SluiceError) throw thrown;
        }
        await pause(between);
        await connectHost(root); // the router starts a controller that was killed; so does whoever waits for it
      }
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export type { Accepted, DeployRequest, DownRequest, PermitRequest, RollbackRequest };
