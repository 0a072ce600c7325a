import { mayReplace, sluiceError, type EnvironmentState, type StateStore, type Version } from '@sluice/core';
import { ownerOnly, replaceFile } from '../durable/durable-file';
import { explainIssues, readJson } from './json-file';
import { stateFile } from './paths';

/**
 * The state of every project and environment as files below `<root>/.sluice/state`. Saves of one store are written in
 * the order they were asked for. What another process stored is looked at right before each save; that none writes in
 * between is the caller's word (the controller is the single writer).
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
      const state = await parseState(file, read.value);
      if (state.project !== project || state.environment !== environment) {
        const problem = `it is the state of ${state.project} in ${state.environment}`;
        throw sluiceError('STATE_CORRUPT', { file, problem });
      }
      return state;
    },

    async save(state, after) {
      const file = stateFile(root, state.project, state.environment);
      const content = `${JSON.stringify(state, null, 2)}\n`; // now: the caller may change the object later
      const saved = latest.then(async () => {
        await assertReadable(content);
        const stored = await versionIn(file);
        if (!mayReplace(state, stored, after)) throw sluiceError('STATE_STALE', { ...state, ...stored });
        await replaceFile(file, content, ownerOnly);
      });
      latest = saved.catch(() => undefined); // told to its caller; the next save is tried all the same
      await saved;
    },
  };
}

/** Loaded by who reads or writes a state: most commands do neither, and it takes a tenth of their time. */
const loadSchema = () => import('./state-schema');

async function parseState(file: string, value: unknown): Promise<EnvironmentState> {
  const { stateSchema, stateVersion } = await loadSchema();
  const found = versionOf(value);
  if (found !== null && found > stateVersion) throw sluiceError('STATE_NEWER', { file, found, known: stateVersion });
  const parsed = stateSchema.safeParse(value);
  if (!parsed.success) throw sluiceError('STATE_CORRUPT', { file, problem: explainIssues(parsed.error) });
  return parsed.data;
}

/** A state that could not be read back is refused while the last good one is still there. */
async function assertReadable(content: string): Promise<void> {
  const { stateSchema } = await loadSchema();
  const parsed = stateSchema.safeParse(JSON.parse(content));
  if (parsed.success) return;
  throw sluiceError('INTERNAL', { reason: `this state could not be read back: ${explainIssues(parsed.error)}` });
}

/** What is stored, as far as it can be compared: a file that is damaged stands in nobody's way. */
async function versionIn(file: string): Promise<Version | null> {
  const read = await readJson(file);
  if (!read.found || 'problem' in read) return null;
  const { versionSchema } = await loadSchema();
  return versionSchema.safeParse(read.value).data ?? null;
}

function versionOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('version' in value)) return null;
  return typeof value.version === 'number' ? value.version : null;
}
