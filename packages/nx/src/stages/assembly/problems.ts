import { SluiceError } from '@sluice/core';

export const unlocked = (what: string): SluiceError =>
  new SluiceError(
    'DEPENDENCIES_UNLOCKED',
    `Which versions of its npm packages are shipped is not locked: ${what}.`,
    'Install with npm 7 or newer, pnpm or yarn, and commit the lockfile.',
  );

export const notInstalled = (command: string, how: string, lines: readonly string[]): SluiceError =>
  new SluiceError(
    'DEPENDENCIES_NOT_INSTALLED',
    `The npm packages that are shipped could not be installed: ${command} ended with ${how}.\n${lines.map((line) => `  | ${line}`).join('\n')}`,
    'Check that the lockfile fits package.json and that the registry answers. A build target that writes node_modules, or package.json and lockfile, into its output is taken at its word.',
  );

export const managerMissing = (manager: string, lockfile: string): SluiceError =>
  new SluiceError(
    'PACKAGE_MANAGER_MISSING',
    `The command "${manager}" was not found, and ${lockfile} says that it installs the npm packages that are shipped.`,
    `Install ${manager}, so that it is on the PATH.`,
  );

export const pruningMissing = (manager: string): SluiceError =>
  new SluiceError(
    'PRUNING_MISSING',
    `The lockfile of ${manager} is pruned by @nx/js, which is not installed in this workspace.`,
    'Install it: nx add @nx/js',
  );

export const packageUnbuilt = (name: string, folder: string, entry: string): SluiceError =>
  new SluiceError(
    'WORKSPACE_PACKAGE_UNBUILT',
    `${name} is shipped, for it is among the stated dependencies, but ${folder} has no ${entry}.`,
    'Let the build target build it first ("dependsOn": ["^build"]). If it is bundled into the output, state it under devDependencies instead.',
  );

export const packagesUnshippable = (manager: string, names: readonly string[]): SluiceError =>
  new SluiceError(
    'WORKSPACE_PACKAGE_UNSHIPPABLE',
    `${names.join(', ')} of this workspace would have to be shipped, which Sluice does by itself for npm, not for ${manager}.`,
    'Bundle them into the build output and state them under devDependencies, or let build.target run the @nx/js executors prune-lockfile and copy-workspace-modules.',
  );
