import { join } from 'node:path';
import {
  sluiceError,
  SluiceError,
  z,
  type CheckResult,
  type EnvironmentName,
  type EnvironmentState,
  type MergeOutcome,
  type StatusReport,
} from '@sluice/core';
import { askHealth } from './ask-health';
import { createJsonClient, type JsonClient } from './control/json-client';
import {
  acceptedSchema,
  healthSchema,
  mergeOutcomeSchema,
  type Accepted,
  type ApproveRequest,
  type DeployRequest,
  type DownRequest,
  type HostHealth,
  type PermitRequest,
  type PromoteRequest,
  type RejectRequest,
  type RollbackRequest,
  type UnfreezeRequest,
} from './protocol';
import { hostFolderOf, socketsOf } from './sockets';
import { spawnDetached } from './spawn';
import { wakeUnit } from './unit';
import { explained, requireProtocol } from './version';

/** What executors talk to. Every method rejects with the host's own `SluiceError`, or `HOST_UNREACHABLE`. */
export interface HostClient {
  deploy(request: DeployRequest): Promise<Accepted>;
  rollBack(request: RollbackRequest): Promise<Accepted>;
  permit(request: PermitRequest): Promise<Accepted>;
  promote(request: PromoteRequest): Promise<Accepted>;
  approve(request: ApproveRequest): Promise<Accepted>;
  reject(request: RejectRequest): Promise<Accepted>;
  unfreeze(request: UnfreezeRequest): Promise<Accepted>;
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
  /** Merges what waits to be merged into the base branch; takes as long as that. */
  merge(project: string): Promise<MergeOutcome>;
  /** The post-deployment checks of what is live now. */
  verify(project: string, environment: EnvironmentName): Promise<CheckResult[]>;
  health(): Promise<HostHealth>;
  /** Ends the host when nothing is live; false when something is. */
  close(): Promise<boolean>;
}

/** Both sides of the socket are built together, or of one protocol: so the state is checked by its envelope only. */
const stateSchema = z.custom<EnvironmentState>(
  (value) =>
    z.looseObject({ version: z.literal(1), project: z.string(), environment: z.string() }).safeParse(value).success,
);
const statusSchema = z.custom<StatusReport>(
  (value) => z.looseObject({ environments: z.array(z.unknown()) }).safeParse(value).success,
);

const checksSchema = z.object({ checks: z.custom<CheckResult[]>((value) => Array.isArray(value)) });

const startTime = 15_000;
/** A host that was started gets so long to answer before it is started again. */
const startAgain = 5_000;
const between = 50;
const answerTime = 60_000;
/** The checks of a verification have limits of their own. */
const verifyTime = 15 * 60_000;
/** So has a merge, and another one of the project may be under way. */
const mergeTime = 100 * 60_000;

/** The host of a workspace, started when it does not run. `entry` is the main file of the controller's process. */
export async function connectHost(root: string, entry = controllerEntry()): Promise<HostClient> {
  const until = performance.now() + startTime;
  let startedAt = -Infinity;
  for (;;) {
    const { controller: socket, log } = await placesOf(root);
    const found = await findHost(root, entry);
    if (found) return found;
    const now = performance.now();
    if (now > until) throw sluiceError('HOST_UNREACHABLE', { socket, log, reason: 'it did not start in time' });
    if (now - startedAt > startAgain) {
      startedAt = now;
      spawnDetached(entry, ['--root', root], { cwd: root, log });
      wakeUnit(root);
    }
    await pause(between);
  }
}

const controllerEntry = () => require.resolve('@sluice/host/controller');

/** The host of a workspace, or `null` when it does not run. Rejects with `HOST_VERSION` for one that speaks otherwise. */
export async function findHost(root: string, entry?: string): Promise<HostClient | null> {
  const { controller, log } = await placesOf(root);
  const json = createJsonClient(controller);
  try {
    requireProtocol(await askHealth(controller));
    return createHostClient(json, { root, entry, socket: controller, log });
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown;
    return null;
  }
}

/** How the host of a workspace says that it is, whatever version it has; `null` when it does not run. */
export async function hostHealth(root: string): Promise<HostHealth | null> {
  const { controller } = await placesOf(root);
  return askHealth(controller).catch(() => null);
}

async function placesOf(root: string) {
  const folder = hostFolderOf(root);
  const log = join(folder, 'controller.log');
  try {
    return { ...(await socketsOf(folder)), log };
  } catch (thrown) {
    throw unreachable(thrown, { socket: folder, log });
  }
}

function unreachable(thrown: unknown, { socket, log }: { socket: string; log: string }): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return sluiceError('HOST_UNREACHABLE', { socket, log, reason });
}

interface Place {
  root: string;
  /** The controller's main file; the built one of this package without it. */
  entry: string | undefined;
  socket: string;
  log: string;
}

function createHostClient(json: JsonClient, place: Place): HostClient {
  const call = async <T>(schema: z.ZodType<T>, method: string, path: string, body?: object, limit = answerTime) => {
    try {
      return await json.call(schema, method, path, { signal: AbortSignal.timeout(limit), ...(body ? { body } : {}) });
    } catch (thrown) {
      throw unreachable(await explained(thrown, health), place);
    }
  };
  const health = () => json.call(healthSchema, 'GET', '/health', { signal: AbortSignal.timeout(answerTime) });

  /** Every state, over controllers that come and go: the router starts one that was killed, and so does whoever waits for it. */
  async function* statesOf(path: string, signal: AbortSignal): AsyncGenerator<EnvironmentState> {
    for (;;) {
      try {
        yield* json.stream(stateSchema, path, signal);
      } catch (thrown) {
        const isFinal = signal.aborted || (thrown instanceof SluiceError && thrown.code !== 'HOST_LEAVING');
        if (isFinal) throw await explained(thrown, health);
      }
      await pause(between);
      signal.throwIfAborted();
      await connectHost(place.root, place.entry);
    }
  }

  const at = (collection: string, ...names: string[]) => `/${[collection, ...names.map(encodeURIComponent)].join('/')}`;

  return {
    deploy: (request) => call(acceptedSchema, 'POST', at('rollouts'), request),
    rollBack: (request) => call(acceptedSchema, 'POST', at('rollbacks'), request),
    permit: (request) => call(acceptedSchema, 'POST', at('permits'), request),
    promote: (request) => call(acceptedSchema, 'POST', at('promotions'), request),
    approve: (request) => call(acceptedSchema, 'POST', at('approvals'), request),
    reject: (request) => call(acceptedSchema, 'POST', at('rejections'), request),
    unfreeze: (request) => call(acceptedSchema, 'POST', at('thaws'), request),
    takeDown: (request) => call(acceptedSchema, 'POST', at('downs'), request),
    state: (project, environment) => call(stateSchema, 'GET', at('states', project, environment)),
    merge: (project) => call(mergeOutcomeSchema, 'POST', at('merges'), { project }, mergeTime),
    status: (project) => call(statusSchema, 'GET', at('status', project)),
    verify: async (project, environment) =>
      (await call(checksSchema, 'POST', at('verifications'), { project, environment }, verifyTime)).checks,
    health: () => call(healthSchema, 'GET', at('health')),
    close: async () => (await call(z.object({ closing: z.boolean() }), 'POST', at('close'), {})).closing,

    async follow(project, environment, onState, isEnd, signal) {
      for await (const state of statesOf(at('events', project, environment), signal)) {
        onState(state);
        if (isEnd(state)) return state;
      }
      throw sluiceError('INTERNAL', { reason: 'a stream without an end has ended' });
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export { createPin } from './create-pin';
export { readPast } from './past';
export { restartHost, type Restarted } from './restart';
export { againExit, unitFile, unitName } from './unit';
export { ownVersion } from './version';
export type { Accepted, DeployRequest, DownRequest, PermitRequest, RollbackRequest };
