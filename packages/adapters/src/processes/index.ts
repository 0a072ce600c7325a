/** Processes of this machine, as the system tells of them. */
export { isRunning, nameProcess, type NamedProcess } from './named-process';
export { readGroup, readProcess, type ProcessEntry } from './process-table';
export { readOrigin, type ProcessOrigin } from './process-origin';
