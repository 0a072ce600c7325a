import { readFileSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { findTask, withTask, type TaskMark, type TaskSearch } from '@sluice/core';
import { hasCode, replaceFileIf } from '../durable/durable-file';
import { reasonOf } from './json-file';
import { tasksFile, tasksStateFile } from './paths';

/** The deployment's task; `null` where the checkout has no tasks file. Never rejects: what can't be read is a problem. */
export async function readTask(checkout: string, id: string): Promise<TaskSearch | null> {
  try {
    const [text, state] = await Promise.all([textOf(tasksFile(checkout)), textOf(tasksStateFile(checkout))]);
    return text === null ? null : findTask(text, state, id);
  } catch (error) {
    return { problem: `tasks.json can't be read: ${reasonOf(error)}` };
  }
}

const attempts = 10;
const moment = 20;

/**
 * Sets the task's status, whole or not at all. Somebody else may write the file meanwhile: what is replaced is exactly what was
 * read, else it is read again. Answers what was done, or why nothing was; `null` where there is no tasks file.
 */
export async function markTask(checkout: string, id: string, mark: TaskMark): Promise<string | null> {
  const file = await realpath(tasksFile(checkout)).catch(() => tasksFile(checkout)); // a link stays one
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const text = await textOf(file);
    if (text === null) return null;
    const found = findTask(text, await textOf(tasksStateFile(checkout)), id);
    if ('problem' in found) {
      if (attempt + 1 === attempts) return `no task was set to ${mark.status}: ${found.problem}`;
      await pause(moment); // somebody may be in the middle of writing it
      continue;
    }
    const { task } = found;
    const marked = withTask(text, task, mark);
    if (marked === null) return `task ${task.id} stays ${task.status}`;
    const { mode } = await stat(file);
    const modes = { file: mode & 0o777, folder: 0o777 };
    if (await replaceFileIf(file, marked, () => readFileSync(file).equals(bytesOf(text)), modes))
      return `task ${task.id} is ${mark.status}`;
  }
  return `no task was set to ${mark.status}: tasks.json is written by somebody else all the time`;
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');

/** With its byte order mark, so that it is written back as it was. */
const textOf = (file: string): Promise<string | null> =>
  readFile(file).then(
    (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    (error: unknown) => {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    },
  );
