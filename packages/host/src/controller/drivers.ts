import type { EnvironmentName, EnvironmentState } from '@sluice/core';
import { createDriver, type Driver, type DriverPorts } from './driver';

/** The drivers of a workspace, one for each project and environment that was ever asked for. */
export interface Drivers {
  of(project: string, environment: EnvironmentName): Promise<Driver>;
  stateOf(project: string, environment: string): EnvironmentState | null;
  /** Loads the drivers of everything that has a state. */
  all(keys: { project: string; environment: EnvironmentName }[]): Promise<Driver[]>;
  /** Whether any environment serves a release or moves one. */
  isLive(): boolean;
  leave(): Promise<void>;
}

export interface DriverSources {
  load(project: string, environment: EnvironmentName): Promise<EnvironmentState>;
  /** Ports of one driver; those that hold something of their own (synthetic traffic) are made for it. */
  portsOf(project: string, environment: EnvironmentName): DriverPorts;
  report(what: string, thrown: unknown): void;
}

export function createDrivers({ load, portsOf, report }: DriverSources): Drivers {
  const drivers = new Map<string, Promise<Driver>>();
  const loaded = new Map<string, Driver>();
  const keyOf = (project: string, environment: string) => `${environment}/${project}`;

  const of = (project: string, environment: EnvironmentName): Promise<Driver> => {
    const key = keyOf(project, environment);
    const known = drivers.get(key);
    if (known) return known;
    const made = load(project, environment).then((state) => {
      const driver = createDriver(state, portsOf(project, environment), report);
      loaded.set(key, driver);
      return driver;
    });
    drivers.set(key, made);
    made.catch(() => drivers.delete(key)); // a state file that was mended is read again
    return made;
  };

  return {
    of,
    stateOf: (project, environment) => loaded.get(keyOf(project, environment))?.state() ?? null,
    all: (keys) => Promise.all(keys.map(({ project, environment }) => of(project, environment))),
    isLive: () =>
      [...loaded.values()].some((driver) => {
        const { stable, rollout } = driver.state();
        return stable !== null || (rollout !== null && rollout.phase.name !== 'over');
      }),
    leave: async () => {
      await Promise.all([...loaded.values()].map((driver) => driver.leave()));
    },
  };
}
