import { z, type Handled } from '@sluice/core';
import { replaceFile } from '../durable/durable-file';
import { namedProcess, type NamedProcess } from '../processes/named-process';
import { readFitting } from './json-file';
import { handledFile } from './paths';

/** `process`: the run that lives for all of it. */
type HandledBy = Handled & { process: NamedProcess | null };

/** What was made of the latest signal of phase 5, by project. */
export interface HandledSignals {
  /** `null` where nothing was, or the note can't be read. */
  read(project: string): Promise<HandledBy | null>;
  write(project: string, handled: HandledBy): Promise<void>;
  /** Changes the note, where there is one. */
  amend(project: string, changes: Partial<Pick<Handled, 'release' | 'failure'>>): Promise<void>;
}

const noteSchema = z.object({
  signal: z.string(),
  startedAt: z.number(),
  commit: z.string(),
  process: z.union([namedProcess, z.literal(null)]),
  release: z.union([z.string(), z.literal(null)]),
  failure: z.union([z.object({ stage: z.string(), reason: z.string() }), z.literal(null)]),
});

export function createHandled(root: string): HandledSignals {
  const read: HandledSignals['read'] = (project) => readFitting(handledFile(root, project), noteSchema);
  const write: HandledSignals['write'] = (project, handled) =>
    replaceFile(handledFile(root, project), `${JSON.stringify(handled)}\n`);
  return {
    read,
    write,
    async amend(project, changes) {
      const note = await read(project);
      if (note) await write(project, { ...note, ...changes });
    },
  };
}
