import { loadRunSchema, type LoadRun } from '@sluice/core';
import { replaceFile } from '../durable/durable-file';
import { readFitting } from './json-file';

/** The load run in a file; `null` where there is none, or it is not what it should be: nothing is compared then. */
export const readLoadRun = (file: string): Promise<LoadRun | null> => readFitting(file, loadRunSchema);

export const writeLoadRun = (file: string, run: LoadRun): Promise<void> =>
  replaceFile(file, `${JSON.stringify(run)}\n`);
