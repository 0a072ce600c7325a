import { isoInstant } from '../instant';
import { asObject, readObject } from './json-object';
import { withValue, type JsonPath } from './json-edit';

/** The deployment's task in `.taskmaster/tasks/tasks.json`. */
export interface DeploymentTask {
  id: string;
  title: string;
  status: string;
  /** Whether work on it may begin or go on. */
  isActive: boolean;
  /** Where it is, and where the list that it is in has its metadata. */
  path: JsonPath;
  list: JsonPath;
}

/** Found, or why not. */
export type TaskSearch = { task: DeploymentTask } | { problem: string };

const active = ['todo', 'pending', 'in-progress'];

/**
 * Finds the task by its id, else the one whose title speaks of deploying. `state` is the text of `.taskmaster/state.json`,
 * whose `currentTag` says which list counts; `null` where there is none. Never guesses between several.
 */
export function findTask(text: string, state: string | null, id: string): TaskSearch {
  const file = readObject(text);
  if (typeof file === 'string') return { problem: `tasks.json can't be read: ${file}` };
  const list = listIn(file, state);
  if (typeof list === 'string') return { problem: list };
  const named = list.tasks.filter(({ fields }) => idOf(fields['id']) === id);
  const speaking = list.tasks.filter(({ fields }) => speaksOfDeploying(fields['title']));
  const open = speaking.filter(({ fields }) => active.includes(statusOf(fields)));
  const found = [named, speaking, open].find(({ length }) => length === 1)?.[0];
  if (!found) {
    const several = named.length ? named : speaking;
    return {
      problem: several.length
        ? `tasks.json has ${several.length} tasks that may be the deployment (${several.map(({ fields }) => idOf(fields['id'])).join(', ')}): name one by pipeline.task`
        : `tasks.json has no task ${id}, and none whose title speaks of deploying`,
    };
  }
  const { fields, index } = found;
  const status = statusOf(fields);
  return {
    task: {
      ...{ id: idOf(fields['id']) ?? String(index), title: textOf(fields['title']), status },
      isActive: active.includes(status),
      ...{ path: [...list.path, 'tasks', index], list: list.path },
    },
  };
}

/** What becomes of a task through a deployment of one project. */
export interface TaskMark {
  status: 'in-progress' | 'done';
  project: string;
  release: string;
  /** Milliseconds. */
  at: number;
}

/**
 * The text with the task's status set, and who set it under `metadata.sluice` of its list; `null` where it is not active: what
 * is blocked, deferred, cancelled or done stays so.
 */
export function withTask(text: string, task: DeploymentTask, mark: TaskMark): string | null {
  if (!task.isActive) return null;
  const { status, project, release, at } = mark;
  const own = { task: task.id, status, project, release, at: isoInstant(at) };
  const marked = withValue(text, [...task.path, 'status'], status);
  const metadata = [...task.list, 'metadata'];
  const file = readObject(marked);
  const there = typeof file === 'string' ? null : asObject(valueAt(file, metadata));
  return there
    ? withValue(marked, [...metadata, 'sluice'], own)
    : valueAt(file, metadata) === undefined
      ? withValue(marked, metadata, { sluice: own })
      : marked; // something of somebody else's that is no object
}

interface List {
  path: string[];
  tasks: { fields: Record<string, unknown>; index: number }[];
}

/** `{ tasks }` is flat; else each member with `tasks` is a tag. */
function listIn(file: Record<string, unknown>, state: string | null): List | string {
  if (Array.isArray(file['tasks'])) return { path: [], tasks: tasksOf(file['tasks']) };
  const tags = Object.entries(file).flatMap(([tag, value]) => {
    const tasks = asObject(value)?.['tasks'];
    return Array.isArray(tasks) ? [{ path: [tag], tasks: tasksOf(tasks) }] : [];
  });
  const current = state === null ? null : readObject(state);
  if (typeof current === 'string') return `state.json of the tasks can't be read: ${current}`;
  const wanted = current?.['currentTag'];
  if (typeof wanted === 'string') {
    return tags.find(({ path }) => path[0] === wanted) ?? `tasks.json has no tag "${wanted}", which is the current one`;
  }
  const [first] = tags;
  return (
    tags.find(({ path }) => path[0] === 'master') ??
    (tags.length === 1 && first
      ? first
      : `tasks.json has ${tags.length ? 'several tags, and state.json names none of them' : 'no tasks'}`)
  );
}

const tasksOf = (tasks: readonly unknown[]): List['tasks'] =>
  tasks.flatMap((task, index) => {
    const fields = asObject(task);
    return fields ? [{ fields, index }] : [];
  });

const idOf = (id: unknown): string | null =>
  typeof id === 'number' ? String(id) : typeof id === 'string' ? id.trim() : null;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const statusOf = ({ status }: Record<string, unknown>): string =>
  typeof status === 'string' ? status.trim().toLowerCase().replaceAll(/[\s_]/g, '-') : 'unknown';

const speaksOfDeploying = (title: unknown): boolean => typeof title === 'string' && /\bdeploy/i.test(title);

const valueAt = (value: unknown, path: JsonPath): unknown =>
  path.reduce<unknown>((at, key) => asObject(at)?.[key], value);
