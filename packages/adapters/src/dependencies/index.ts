/** The npm packages of a checkout: which package manager it has, and whether it needs packages of its own. */
export { installDependencies, type InstallPolicy, type InstallRequest } from './install';
export { findLockfile, type Lockfile } from './lockfile';
export { withoutWorkspace } from './manager-env';
