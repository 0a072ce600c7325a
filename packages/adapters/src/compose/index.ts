/** What a Compose file describes around the app: brought up, looked at and taken down. */
export { findComposeFile, type ComposeFile, type ComposePlace } from './compose-file';
export { findRemovals, remove, type Removal } from './removal';
export { openCompose, type ComposeRequest } from './surroundings';
