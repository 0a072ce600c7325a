/** Whether the instances of a workload, or a declared service, answer their health checks. */
export interface Health {
  /** The release, or the service's name. */
  name: string;
  healthy: number;
  wanted: number;
  /** How often instances ended by themselves and were started again. */
  restarts: number;
  /** Why an instance is not healthy, for people. */
  reason: string | null;
  /** The latest end of an instance, which its restart must not hide; left out where none is known. */
  crash?: Crash;
}

/** How an instance ended that was to run, and its last lines. */
export interface Crash {
  how: string;
  lines: string[];
}
