import {
  environmentNames,
  type CheckResult,
  type EnvironmentName,
  type EnvironmentState,
  type StatusReport,
} from '@sluice/core';
import { z } from 'zod';
import { createJsonServer } from '../control/json-server';
import {
  deploySchema,
  downSchema,
  permitSchema,
  rollbackSchema,
  verificationSchema,
  type HostHealth,
} from '../protocol';
import type { Driver } from './driver';
import type { Rollouts } from './rollouts';

export interface Desk {
  health(): Promise<HostHealth>;
  rollouts: Rollouts;
  driverOf(project: string, environment: EnvironmentName): Promise<Driver>;
  status(project: string): Promise<StatusReport>;
  verify(project: string, environment: EnvironmentName, signal: AbortSignal): Promise<CheckResult[]>;
  /** Ends router and controller when nothing is live; answers whether it will. */
  close(): Promise<boolean>;
  report(what: string, thrown: unknown): void;
}

/** The controller's socket: what executors may ask for. */
export function createDeskServer(desk: Desk) {
  const { rollouts } = desk;
  const driver = ([project = '', environment = '']: string[]) =>
    desk.driverOf(project, z.enum(environmentNames).parse(environment));
  return createJsonServer(
    {
      'GET health': () => desk.health(),
      'POST rollouts': async ({ body }) => rollouts.deploy(await body(deploySchema)),
      'POST rollbacks': async ({ body }) => rollouts.rollBack(await body(rollbackSchema)),
      'POST permits': async ({ body }) => rollouts.permit(await body(permitSchema)),
      'POST downs': async ({ body }) => rollouts.takeDown(await body(downSchema)),
      'POST verifications': async ({ body, signal }) => {
        const { project, environment } = await body(verificationSchema);
        return { checks: await desk.verify(project, environment, signal) };
      },
      'GET states': async ({ names }) => (await driver(names)).state(),
      'GET events': async ({ names, signal }) => follow(await driver(names), signal),
      'GET status': async ({ names: [project = ''] }) => desk.status(project),
      'POST close': async () => ({ closing: await desk.close() }),
    },
    (thrown) => desk.report('a request failed', thrown),
  );
}

/** The state now and every one after it, until the caller leaves. Someone who reads slowly misses states in between. */
async function* follow(driver: Driver, signal: AbortSignal): AsyncGenerator<EnvironmentState> {
  let waiting: EnvironmentState[] = [driver.state()];
  let ring: () => void = () => undefined;
  const stop = driver.watch((state) => {
    waiting = waiting.length < 1000 ? [...waiting, state] : [state];
    ring();
  });
  signal.addEventListener('abort', () => ring(), { once: true });
  try {
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next) yield next;
      else await new Promise<void>((resolve) => (ring = resolve));
    }
  } finally {
    stop();
  }
}
