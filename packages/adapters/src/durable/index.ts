/** How files are written that a crash must not lose, and whether they are there. */
export { ownerOnly, replaceFile } from './durable-file';
export { isThere } from './is-there';
export { usable } from './usable';
