import {
  environmentNames,
  z,
  type CheckResult,
  type EnvironmentName,
  type EnvironmentState,
  type MergeOutcome,
  type StatusReport,
} from '@sluice/core';
import { createJsonServer, parse, type Call, type Endpoint } from '../control/json-server';
import {
  approveSchema,
  deploySchema,
  downSchema,
  mergeSchema,
  permitSchema,
  promoteSchema,
  protocol,
  rejectSchema,
  rollbackSchema,
  unfreezeSchema,
  verificationSchema,
  type HostHealth,
} from '../protocol';
import type { Driver } from './driver';
import type { Rollouts } from './rollouts';

export interface Desk {
  /** Resolves when the host may be asked for anything but its health; rejects while it can't be. */
  ready(): Promise<void>;
  health(): Promise<HostHealth>;
  rollouts: Rollouts;
  driverOf(project: string, environment: EnvironmentName): Promise<Driver>;
  status(project: string): Promise<StatusReport>;
  /** Merges what a deployment wrote into its base branch, once more. */
  merge(project: string): Promise<MergeOutcome>;
  verify(project: string, environment: EnvironmentName, signal: AbortSignal): Promise<CheckResult[]>;
  /** Ends router and controller when nothing is live; answers whether it will. */
  close(): Promise<boolean>;
  report(what: string, thrown: unknown): void;
}

const projectSchema = z.tuple([z.string().min(1)]);
const placeSchema = z.tuple([z.string().min(1), z.enum(environmentNames)]);

/** The controller's socket: what executors may ask for. */
export function createDeskServer(desk: Desk) {
  const { rollouts } = desk;
  const whenReady =
    (endpoint: Endpoint): Endpoint =>
    async (call) => {
      await desk.ready();
      return endpoint(call);
    };
  const driverOf = async ({ names }: Call) => desk.driverOf(...parse(placeSchema, names, 'path'));
  return createJsonServer(
    {
      'GET health': async () => ({ ...(await desk.health()), protocol }),
      'POST rollouts': whenReady(async ({ body }) => rollouts.deploy(await body(deploySchema))),
      'POST rollbacks': whenReady(async ({ body }) => rollouts.rollBack(await body(rollbackSchema))),
      'POST permits': whenReady(async ({ body }) => rollouts.permit(await body(permitSchema))),
      'POST promotions': whenReady(async ({ body }) => rollouts.promote(await body(promoteSchema))),
      'POST approvals': whenReady(async ({ body }) => rollouts.approve(await body(approveSchema))),
      'POST rejections': whenReady(async ({ body }) => rollouts.reject(await body(rejectSchema))),
      'POST thaws': whenReady(async ({ body }) => rollouts.unfreeze(await body(unfreezeSchema))),
      'POST downs': whenReady(async ({ body }) => rollouts.takeDown(await body(downSchema))),
      'POST merges': whenReady(async ({ body }) => desk.merge((await body(mergeSchema)).project)),
      'POST verifications': whenReady(async ({ body, signal }) => {
        const { project, environment } = await body(verificationSchema);
        return { checks: await desk.verify(project, environment, signal) };
      }),
      'GET states': whenReady(async (call) => (await driverOf(call)).state()),
      'GET events': whenReady(async (call) => follow(await driverOf(call), call.signal)),
      'GET status': whenReady(async ({ names }) => desk.status(...parse(projectSchema, names, 'path'))),
      'POST close': whenReady(async () => ({ closing: await desk.close() })),
    },
    (thrown) => desk.report('a request failed', thrown),
  );
}

/**
 * The state now and every one after it, until the caller leaves or the driver is stuck: whoever asks again is then told why.
 * Someone who reads slowly misses states in between.
 */
function follow(driver: Driver, signal: AbortSignal): AsyncGenerator<EnvironmentState> {
  const stuck = driver.stuck();
  if (stuck) throw stuck;
  return statesOf(driver, signal);
}

async function* statesOf(driver: Driver, signal: AbortSignal): AsyncGenerator<EnvironmentState> {
  let waiting: EnvironmentState[] = [driver.state()];
  let ring: () => void = () => undefined;
  const stop = driver.watch(
    (state) => {
      waiting = waiting.length < 1000 ? [...waiting, state] : [state];
      ring();
    },
    () => ring(),
  );
  signal.addEventListener('abort', () => ring(), { once: true });
  try {
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next) yield next;
      else if (driver.stuck()) return;
      else await new Promise<void>((resolve) => (ring = resolve));
    }
  } finally {
    stop();
  }
}
