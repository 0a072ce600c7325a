/** Processes of this machine, as the system tells of them. */
export { readGroup, readProcess, type ProcessEntry } from './process-table';
export { readOrigin, type ProcessOrigin } from './process-origin';
