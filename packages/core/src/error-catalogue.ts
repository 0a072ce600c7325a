import { binErrors } from './error-catalogue-bin';
import { composeErrors } from './error-catalogue-compose';
import { fileErrors } from './error-catalogue-files';
import { instanceErrors, quoted } from './error-catalogue-instances';
import { refusalErrors } from './error-catalogue-refusals';
import { worktreeErrors } from './error-catalogue-worktree';

/**
 * The error catalogue: code -> what happened + what to do. Every error a user can meet is a row here.
 * A failed gate is not an error: it is a `GateResult` (see `gates/gate.ts`).
 */
export type Row<D> = { what: (details: D) => string; mend: (details: D) => string };
const row = <D>(what: Row<D>['what'], mend: Row<D>['mend']): Row<D> => ({ what, mend });

export const catalogue = {
  // configuration
  CONFIG_MISSING: row<{ file: string }>(
    (d) => `There is no ${d.file}.`,
    () =>
      'Add a sluice.json beside the project.json of the service: its keys are in node_modules/@sluice/nx/sluice.schema.json.',
  ),
  CONFIG_INVALID: row<{ file: string; problems: string[] }>(
    (d) =>
      `${d.file} has ${d.problems.length === 1 ? 'a problem' : `${d.problems.length} problems`}:\n${d.problems.map((p) => `  - ${p}`).join('\n')}`,
    () => 'Correct the keys named above; node_modules/@sluice/nx/sluice.schema.json describes all of them.',
  ),
  CONFIGURATION_UNKNOWN: row<{ name: string; known: string[] }>(
    (d) => `sluice.json has no configuration "${d.name}".`,
    (d) => `Use one of: ${d.known.join(', ')}.`,
  ),
  OPTION_REFUSED: row<{ option: string; target: string; command: string }>(
    (d) => `--${d.option} on ${d.target} would not reach the stages that it depends on, which would run for real.`,
    (d) => `Use: ${d.command}`,
  ),
  OPTION_INVALID: row<{ option: string; expected: string; found: string }>(
    (d) => `--${d.option}: expected ${d.expected}, found ${d.found}.`,
    () => 'Correct the option, then run again.',
  ),
  NAME_INVALID: row<{ kind: string; name: string }>(
    (d) => `The ${d.kind} name "${d.name}" cannot be used as a file name.`,
    () => 'Use letters, digits, ".", "_", "-" and "@scope/": no "..", no backslash, no leading dot.',
  ),
  // git and worktree
  GIT_MISSING: row<object>(
    () => 'git was not found on the PATH.',
    () => 'Install git 2.30 or newer.',
  ),
  GIT_FAILED: row<{ command: string; folder: string; output: string }>(
    (d) => `"${d.command}" failed in ${d.folder}:\n${d.output}`,
    () => 'Mend what git says, then run again.',
  ),
  COMMIT_UNKNOWN: row<{ commit: string; folder: string }>(
    (d) => `There is no commit "${d.commit}" in the repository at ${d.folder}.`,
    () => 'Name a commit, branch or tag that "git log" shows here, or fetch it first.',
  ),
  NOT_A_REPOSITORY: row<{ folder: string }>(
    (d) => `${d.folder} is not inside a git repository.`,
    () => 'Run "git init" and commit the workspace: what is deployed is always a commit.',
  ),
  NO_COMMIT: row<{ folder: string }>(
    (d) => `The repository at ${d.folder} has no commit yet.`,
    () => 'Commit the workspace: what is deployed is always a commit.',
  ),
  TREE_DIRTY: row<{ folder: string; files: string[] }>(
    (d) => `${d.folder} has changes that are not committed: ${listed(d.files)}.`,
    () => 'Commit or stash them, then run again: what is deployed is the commit, not the files around it.',
  ),
  WORKTREE_OCCUPIED: row<{ path: string; by: string; mend: string }>(
    (d) => `${d.path} cannot be used as the deployment worktree: ${d.by}.`,
    (d) => d.mend,
  ),
  ...worktreeErrors,
  WORKTREE_MISSING: row<{ path: string; command: string }>(
    (d) => `The deployment worktree ${d.path} does not exist.`,
    (d) => `Make it with: ${d.command}`,
  ),
  WORKTREE_MOVED: row<{ path: string; expected: string; found: string; misspelt: string[]; command: string }>(
    (d) =>
      `The worktree ${d.path} is at ${d.found.slice(0, 12)}, but ${d.expected.slice(0, 12)} is being deployed.${d.misspelt.length ? ` The target depends on ${d.misspelt.join(', ')}, which the project does not have.` : ''}`,
    (d) =>
      `${d.misspelt.length ? 'Correct its dependsOn, or run' : 'Run'} the whole pipeline for the commit that you want: ${d.command}`,
  ),
  INPUTS_CHANGED: row<{ files: string[] }>(
    (d) => `Inputs of this stage differ from the commit that is being deployed: ${listed(d.files)}.`,
    () => 'Commit or stash the changes: a result that was judged on other files must not be stored under this hash.',
  ),
  COMMAND_UNSEEN: row<{ key: string; file: string }>(
    (d) => `${d.key} runs ${d.file}, which is no input of this stage: its result would stand when that file changes.`,
    () => 'Move the file into the folder of the project, or directly into the root of the workspace.',
  ),
  // receipts
  RECEIPT_MISSING: row<{ stage: string; command: string }>(
    (d) => `The stage "${d.stage}" has left no receipt.`,
    (d) => `Run it: ${d.command}`,
  ),
  RECEIPT_INVALID: row<{ stage: string; file: string; problem: string; command: string }>(
    (d) => `The receipt of "${d.stage}" (${d.file}) can't be trusted: ${d.problem}.`,
    (d) => `Delete it and run the stage again: ${d.command}`,
  ),
  RECEIPT_FOREIGN: row<{ stage: string; expected: string; found: string; command: string }>(
    (d) => `The receipt of "${d.stage}" is for ${d.found}, but ${d.expected} is being deployed.`,
    (d) => `Run the stage for what you deploy: ${d.command}`,
  ),
  RECEIPT_FAILED: row<{ stage: string; reasons: string[]; command: string }>(
    (d) => `The stage "${d.stage}" failed: ${d.reasons.join('; ')}.`,
    (d) => `Mend the cause, then run: ${d.command}`,
  ),
  // build and release
  BUILD_FAILED: row<{ command: string; output: string }>(
    (d) => `${d.command} failed:\n${d.output}`,
    () => 'Run the same command in the worktree to see the whole output.',
  ),
  BUILD_OUTPUT_MISSING: row<{ folder: string }>(
    (d) => `The build left nothing at ${d.folder}.`,
    () => 'Set build.output in sluice.json to the folder that the build target writes.',
  ),
  DEPENDENCIES_UNLOCKED: row<{ what: string }>(
    (d) => `Which versions of its npm packages are shipped is not locked: ${d.what}.`,
    () => 'Install with npm 7 or newer, pnpm or yarn, and commit the lockfile.',
  ),
  DEPENDENCIES_NOT_INSTALLED: row<{ command: string; how: string; lines: readonly string[] }>(
    (d) =>
      `The npm packages that are shipped could not be installed: ${d.command} ended with ${d.how}.\n${quoted(d.lines)}`,
    () =>
      'Check that the lockfile fits package.json and that the registry answers. A build target that writes node_modules, or package.json and lockfile, into its output is taken at its word.',
  ),
  PACKAGE_MANAGER_MISSING: row<{ manager: string; lockfile: string }>(
    (d) =>
      `The command "${d.manager}" was not found, and ${d.lockfile} says that it installs the npm packages that are shipped.`,
    (d) => `Install ${d.manager}, so that it is on the PATH.`,
  ),
  PRUNING_MISSING: row<{ manager: string }>(
    (d) => `The lockfile of ${d.manager} is pruned by @nx/js, which is not installed in this workspace.`,
    () => 'Install it: nx add @nx/js',
  ),
  WORKSPACE_PACKAGE_UNBUILT: row<{ name: string; folder: string; entry: string }>(
    (d) => `${d.name} is shipped, for it is among the stated dependencies, but ${d.folder} has no ${d.entry}.`,
    () =>
      'Let the build target build it first ("dependsOn": ["^build"]). If it is bundled into the output, state it under devDependencies instead.',
  ),
  WORKSPACE_PACKAGE_UNSHIPPABLE: row<{ manager: string; names: readonly string[] }>(
    (d) =>
      `${d.names.join(', ')} of this workspace would have to be shipped, which Sluice does by itself for npm, not for ${d.manager}.`,
    () =>
      'Bundle them into the build output and state them under devDependencies, or let build.target run the @nx/js executors prune-lockfile and copy-workspace-modules.',
  ),
  ARTIFACT_INVALID: row<{ path: string; problem: string }>(
    (d) => `${d.path} cannot be used: ${d.problem}.`,
    () => 'Mend what the build target writes, then run the build stage again.',
  ),
  ARTIFACT_CORRUPT: row<{ path: string; expected: string; found: string }>(
    (d) => `The artifact at ${d.path} has digest ${d.found.slice(0, 12)}, expected ${d.expected.slice(0, 12)}.`,
    () => 'Delete it and deploy the release again from its commit.',
  ),
  RELEASE_UNKNOWN: row<{ release: string; known: string[] }>(
    (d) => `There is no release "${d.release}" on this machine.`,
    (d) => (d.known.length ? `Known releases: ${d.known.join(', ')}.` : 'Deploy one first.'),
  ),
  RELEASE_NOT_STARTED: row<{ reason: string }>(
    (d) => d.reason,
    () => 'Mend the service or its settings, then run the stage again.',
  ),
  ENVIRONMENT_UNKNOWN: row<{ release: string; environment: string; known: string[] }>(
    (d) => `Release ${d.release} has no settings for ${d.environment}, only for ${d.known.join(', ')}.`,
    () => 'Deploy it from a configuration that has the environment.',
  ),
  ...refusalErrors,
  NO_WAY_BACK: row<{ environment: string }>(
    (d) => `There is no earlier release in ${d.environment} to go back to.`,
    () => 'Deploy another release, or stop the environment with deploy-down.',
  ),
  // rollout
  ROLLOUT_IN_PROGRESS: row<{ release: string; environment: string; by: string; since: string; command: string }>(
    (d) => `A rollout of ${d.release} to ${d.environment} is under way, started by ${d.by} at ${d.since}.`,
    (d) => `Wait for it, or end it with: ${d.command}`,
  ),
  ROLLOUT_WAITING: row<{
    environment: string;
    project: string;
    standing: string;
    after: string | null;
    command: string;
  }>(
    (d) => `${d.environment} of ${d.project} is under way: ${d.standing}`,
    (d) => `Run the same command again ${d.after === null ? 'in a moment' : `after ${d.after}`}: ${d.command}`,
  ),
  ROLLOUT_DECIDED: row<{ release: string; environment: string }>(
    (d) =>
      `The rollout of ${d.release} to ${d.environment} is decided and about to end, so it can't be ended any more.`,
    () => 'Run the same command again in a moment: then it goes back from what is live.',
  ),
  RELEASE_LIVE: row<{ release: string; environment: string }>(
    (d) => `${d.release} is live in ${d.environment} already.`,
    () => 'Nothing is to be done.',
  ),
  PLAN_STALE: row<{ environment: string; planned: string; live: string }>(
    (d) => `The rollout was planned while ${d.planned} was live in ${d.environment}, but now it is ${d.live}.`,
    () => 'Run the same target again: it plans anew.',
  ),
  RECORD_INVALID: row<{ file: string; problem: string }>(
    (d) => `${d.file} can't be judged: ${d.problem}.`,
    () => 'Columns and members are in docs/judge.md, "Judging what was recorded".',
  ),
  COMMAND_TIMEOUT: row<{ command: string; limit: string }>(
    (d) => `"${d.command}" gave no answer within ${d.limit}.`,
    () => 'Look at .sluice/host/controller.log; the command is tried again by itself.',
  ),
  ...fileErrors,
  // host
  PORT_IN_USE: row<{ port: number; environment: string }>(
    (d) => `Port ${d.port} of ${d.environment} is in use by another process.`,
    () => 'Stop that process, or choose another port in sluice.json.',
  ),
  ...instanceErrors,
  ROUTE_STALE: row<{ given: string; applied: string }>(
    (d) => `A route of ${d.given} came after ${d.applied} was in force.`,
    () => 'Nothing to do: an older writer was refused.',
  ),
  ROUTE_CONFLICT: row<{ applied: string }>(
    (d) => `Another route of ${d.applied} is in force.`,
    () => 'Nothing to do: only one writer of routes gets through.',
  ),
  ROUTE_UNKNOWN: row<{ project: string; environment: string }>(
    (d) => `The router has no route for ${d.project} in ${d.environment}.`,
    () => 'Nothing to do: the controller applies its routes again by itself.',
  ),
  ROUTER_STOPPING: row<object>(
    () => 'The router is shutting down.',
    () => 'Nothing to do: the controller starts the next one and applies its routes there.',
  ),
  LISTEN_FAILED: row<{ port: number; host: string; code: string }>(
    (d) => `The router can't listen on port ${d.port} of ${d.host}: ${unlistenable(d.code)} (${d.code}).`,
    (d) =>
      d.code === 'EACCES'
        ? 'Set a port above 1023 in sluice.json, or let this user listen on lower ones.'
        : 'Set host in sluice.json to an address of this machine, such as 127.0.0.1 or 0.0.0.0, or to a name of it.',
  ),
  HOST_SUPERSEDED: row<{ path: string }>(
    (d) => `Another process answers at ${d.path}, so this one acts no more.`,
    () => 'Run the same command again: it reaches the other one.',
  ),
  SOCKET_IN_USE: row<{ path: string }>(
    (d) => `Another process of this workspace's host answers at ${d.path}.`,
    () => 'Nothing to do: that one goes on, and the second one ends.',
  ),
  SOCKET_BLOCKED: row<{ path: string; reason: string }>(
    (d) => `The host can't open its socket ${d.path}: ${d.reason}.`,
    () =>
      'Look at what is there and whose it is; move it away, or let this user write that folder. Nothing was changed.',
  ),
  ROUTER_REPLACED: row<object>(
    () => 'Another router has just taken the place of this one.',
    () => 'Nothing to do: whoever asks again reaches the new one.',
  ),
  HANDOVER_FAILED: row<{ reason: string; log: string }>(
    (d) => `The router goes on as it is, for it could not hand over to a new one: ${d.reason}.`,
    (d) => `The new one writes to the same log, ${d.log}. Mend what it says, then run again.`,
  ),
  HOST_UNREACHABLE: row<{ socket: string; log: string; reason: string }>(
    (d) => `The Sluice host does not answer at ${d.socket}: ${d.reason}.`,
    (d) => `Its log is ${d.log}. The stages, deploy-rollback and deploy-retry start the host again.`,
  ),
  HOST_REFUSED: row<{ reason: string }>(
    (d) => `The Sluice host refused the request: ${d.reason}.`,
    () => 'Look at .sluice/host/controller.log, or start the host anew: npx sluice host restart',
  ),
  HOST_VERSION: row<{ host: string; own: string }>(
    (d) => `The running host is Sluice ${d.host}, this is ${d.own}, and they do not understand each other.`,
    (d) =>
      `To go on with ${d.own}, restart the host, which loses no request: npx sluice host restart. Or install ${d.host} here.`,
  ),
  HOST_LEAVING: row<object>(
    () => 'The Sluice host is ending.',
    () => 'Run the same command again: it starts the host.',
  ),
  NESTED_TOO_DEEP: row<{ depth: number }>(
    (d) => `A Sluice stage started itself again (${d.depth} levels).`,
    () => 'build.target or readiness.targets must not name a deploy-* target.',
  ),
  ...composeErrors,
  ...binErrors,
  INTERNAL: row<{ reason: string }>(
    (d) => `Something that should not happen happened: ${d.reason}`,
    () => 'Please report it, with .sluice/host/controller.log.',
  ),
} as const;

const unlistenable = (code: string): string =>
  ({
    EACCES: 'this user may not have that port',
    EADDRNOTAVAIL: 'this machine does not have that address',
    ENOTFOUND: 'there is no machine of that name',
    EAI_AGAIN: 'the name could not be looked up',
  })[code] ?? 'the system refuses it';

const listed = (files: string[]) =>
  files.length > 5 ? `${files.slice(0, 5).join(', ')} and ${files.length - 5} more` : files.join(', ');
