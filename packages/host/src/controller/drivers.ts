import { sluiceError, toProblem, type EnvironmentName, type EnvironmentState, type Problem } from '@sluice/core';
import { createDriver, type Driver, type DriverPorts } from './driver';
import { isLive } from './idle';

/** The drivers of a workspace, one for each project and environment that was ever asked for. */
export interface Drivers {
  /** The one driver of an environment; it goes on with what was under way when the last controller ended. */
  of(project: string, environment: EnvironmentName): Promise<Driver>;
  stateOf(project: string, environment: string): EnvironmentState | null;
  troubleOf(project: string, environment: string): Problem | null;
  /**
   * Goes on with everything that has a state; one that can't be read is reported and holds up no other. Rejects when one
   * that can be read could not be taken over, so that it is tried again.
   */
  resume(keys: { project: string; environment: EnvironmentName }[]): Promise<void>;
  /** Whether any environment serves a release or moves one; what has a state that can't be read may. */
  isLive(): boolean;
  leave(): Promise<void>;
}

export interface DriverSources {
  load(project: string, environment: EnvironmentName): Promise<EnvironmentState>;
  /** Ports of one driver; those that hold something of their own (synthetic traffic) are made for it. */
  portsOf(project: string, environment: EnvironmentName): DriverPorts;
  report(what: string, thrown: unknown): void;
}

const retakeAfter = 1_000;
/** What trying again can't mend. */
const hopeless: readonly string[] = ['STATE_CORRUPT', 'STATE_NEWER', 'NAME_INVALID'];

export function createDrivers({ load, portsOf, report }: DriverSources): Drivers {
  const drivers = new Map<string, Promise<Driver>>();
  const loaded = new Map<string, Driver>();
  const keyOf = (project: string, environment: string) => `${environment}/${project}`;
  const unreadable = new Set<string>();
  let isLeaving = false;

  const of = (project: string, environment: EnvironmentName): Promise<Driver> => {
    const key = keyOf(project, environment);
    const known = drivers.get(key);
    if (known) return known;
    const made = load(project, environment).then((state) => {
      if (isLeaving) throw sluiceError('HOST_LEAVING', {});
      const driver = createDriver(state, portsOf(project, environment), report, () => {
        drivers.delete(key);
        loaded.delete(key);
        // a controller that is still the one that is reached takes over again; another one is stopped by its fence
        const again = () => of(project, environment).catch((thrown: unknown) => report(`taking over ${key}`, thrown));
        setTimeout(() => void (isLeaving || again()), retakeAfter).unref();
      });
      loaded.set(key, driver);
      unreadable.delete(key);
      driver.resume();
      return driver;
    });
    drivers.set(key, made);
    made.catch((thrown: unknown) => {
      drivers.delete(key); // a state file that was mended is read again
      if (['STATE_CORRUPT', 'STATE_NEWER', 'PATH_UNUSABLE'].includes(toProblem(thrown).code)) unreadable.add(key);
    });
    return made;
  };

  return {
    of,
    stateOf: (project, environment) => loaded.get(keyOf(project, environment))?.state() ?? null,
    troubleOf: (project, environment) => loaded.get(keyOf(project, environment))?.trouble() ?? null,
    resume: async (keys) => {
      const failures: unknown[] = [];
      const resumed = keys.map(({ project, environment }) =>
        of(project, environment).catch((thrown: unknown) => {
          report(`the state of ${project} in ${environment}`, thrown);
          if (!hopeless.includes(toProblem(thrown).code)) failures.push(thrown);
        }),
      );
      await Promise.all(resumed);
      if (failures.length > 0) throw failures[0];
    },
    isLive: () => unreadable.size > 0 || [...loaded.values()].some((driver) => isLive(driver.state())),
    leave: async () => {
      isLeaving = true;
      await Promise.all([...loaded.values()].map((driver) => driver.leave()));
    },
  };
}
