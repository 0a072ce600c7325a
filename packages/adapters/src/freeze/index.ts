export { expandFreeze } from './expand-freeze';
