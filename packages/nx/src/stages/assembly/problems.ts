import { sluiceError, type SluiceError } from '@sluice/core';

/** What can keep a service's npm packages from being shipped: rows of the error catalogue, in the words used here. */
export const unlocked = (what: string): SluiceError => sluiceError('DEPENDENCIES_UNLOCKED', { what });

export const notInstalled = (command: string, how: string, lines: readonly string[]): SluiceError =>
  sluiceError('DEPENDENCIES_NOT_INSTALLED', { command, how, lines });

export const managerMissing = (manager: string, lockfile: string): SluiceError =>
  sluiceError('PACKAGE_MANAGER_MISSING', { manager, lockfile });

export const pruningMissing = (manager: string): SluiceError => sluiceError('PRUNING_MISSING', { manager });

export const packageUnbuilt = (name: string, folder: string, entry: string): SluiceError =>
  sluiceError('WORKSPACE_PACKAGE_UNBUILT', { name, folder, entry });

export const packagesUnshippable = (manager: string, names: readonly string[]): SluiceError =>
  sluiceError('WORKSPACE_PACKAGE_UNSHIPPABLE', { manager, names });
