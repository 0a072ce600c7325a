import { z, type Workload } from '@sluice/core';
import { keyOf } from './crew';
import { readWhole, writeWhole } from './whole-file';

const version = 1;

const entrySchema = z.object({
  project: z.string(),
  environment: z.string(),
  release: z.string(),
  hook: z.enum(['beforeStart', 'afterStop']),
  /** The process, while it runs; `null` when the hook is done. */
  run: z.object({ pid: z.int().min(2), identity: z.string().min(1), since: z.number() }).nullable(),
});

const fileSchema = z.object({ version: z.literal(version), hooks: z.array(entrySchema) });

type Entry = z.infer<typeof entrySchema>;
export type HookName = Entry['hook'];
export type HookRun = NonNullable<Entry['run']>;

/** Which hooks of which releases were run. Every method throws `STATE_CORRUPT` and `STATE_NEWER`. */
export interface HookBook {
  isDone(workload: Workload, hook: HookName): boolean;
  /** The process of a hook that was not seen to end. */
  runOf(workload: Workload, hook: HookName): HookRun | null;
  /** Durable when it returns; throws what the system says. */
  note(workload: Workload, hook: HookName, run: HookRun | 'done'): void;
  forget(workload: Workload, hook: HookName): void;
  /** Forgets all releases of a project but these. */
  keepOnly(project: string, releases: readonly string[]): void;
}

/** It reads the file each time: it is small, and asked for when a release starts and stops. */
export function createHookBook(file: string): HookBook {
  const read = (): Entry[] => readWhole(file, version, fileSchema)?.hooks ?? [];
  const write = (hooks: Entry[]): void => writeWhole(file, { version, hooks });
  const isOf = (workload: Workload, hook: HookName) => (entry: Entry) =>
    entry.hook === hook && keyOf(entry) === keyOf(workload);
  const find = (workload: Workload, hook: HookName) => read().find(isOf(workload, hook));

  function keep(wanted: (entry: Entry) => boolean): void {
    const before = read();
    const after = before.filter(wanted);
    if (after.length < before.length) write(after);
  }

  return {
    isDone: (workload, hook) => find(workload, hook)?.run === null,
    runOf: (workload, hook) => find(workload, hook)?.run ?? null,
    note: ({ project, environment, release }, hook, state) => {
      const entry = { project, environment, release, hook, run: state === 'done' ? null : state };
      const isSame = isOf(entry, hook);
      write([...read().filter((other) => !isSame(other)), entry]);
    },
    forget: (workload, hook) => {
      const isSame = isOf(workload, hook);
      keep((entry) => !isSame(entry));
    },
    keepOnly: (project, releases) => keep((entry) => entry.project !== project || releases.includes(entry.release)),
  };
}
