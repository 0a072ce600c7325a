/** How files are written that a crash must not lose. */
export { ownerOnly, replaceFile } from './durable-file';
export { usable } from './usable';
