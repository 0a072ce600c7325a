import { sluiceError, type EnvironmentState, type StateStore } from '@sluice/core';
import { ownerOnly, replaceFile } from '../durable/durable-file';
import { explainIssues, readJson } from './json-file';
import { stateFile } from './paths';
import { stateSchema, stateVersion } from './state-schema';

/**
 * The state of every project and environment as files below `<root>/.sluice/state`. Saves of one store are written in
 * the order they were asked for; that nobody else writes is the caller's word (the controller is the single writer).
 *
 * `load` gives `null` where there is no file, and rejects with `STATE_CORRUPT`, `STATE_NEWER` or `PATH_UNUSABLE` without
 * touching it.
 */
export function createStateStore(root: string): StateStore {
  let latest: Promise<unknown> = Promise.resolve();

  return {
    async load(project, environment) {
      const file = stateFile(root, project, environment);
      const read = await readJson(file);
      if (!read.found) return null;
      if ('problem' in read) throw sluiceError('STATE_CORRUPT', { file, problem: read.problem });
      const state = parseState(file, read.value);
      if (state.project !== project || state.environment !== environment) {
        const problem = `it is the state of ${state.project} in ${state.environment}`;
        throw sluiceError('STATE_CORRUPT', { file, problem });
      }
      return state;
    },

    async save(state) {
      const file = stateFile(root, state.project, state.environment);
      const content = `${JSON.stringify(state, null, 2)}\n`; // now: the caller may change the object later
      const saved = latest.then(async () => {
        assertReadable(content);
        await replaceFile(file, content, ownerOnly);
      });
      latest = saved.catch(() => undefined); // told to its caller; the next save is tried all the same
      await saved;
    },
  };
}

function parseState(file: string, value: unknown): EnvironmentState {
  const found = versionOf(value);
  if (found !== null && found > stateVersion) throw sluiceError('STATE_NEWER', { file, found, known: stateVersion });
  const parsed = stateSchema.safeParse(value);
  if (!parsed.success) throw sluiceError('STATE_CORRUPT', { file, problem: explainIssues(parsed.error) });
  return parsed.data;
}

/** A state that could not be read back is refused while the last good one is still there. */
function assertReadable(content: string): void {
  const parsed = stateSchema.safeParse(JSON.parse(content));
  if (parsed.success) return;
  throw sluiceError('INTERNAL', { reason: `this state could not be read back: ${explainIssues(parsed.error)}` });
}

function versionOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('version' in value)) return null;
  return typeof value.version === 'number' ? value.version : null;
}
