import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { sluiceError, reportNameOf } from '@sluice/core';

/**
 * Where things live. `root` is the main checkout, one for all its worktrees; `checkout` is the one that nx runs in or
 * the deployment worktree. Every function throws `NAME_INVALID` for a name that cannot be a file name.
 */
type NameKind = 'project' | 'environment' | 'release' | 'stage' | 'log';

const part = /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u;
const longest = 200;

/** A name as one folder name: `@acme/web` is `@acme+web`. No name may hold a "+", so no two share a folder. */
export function folderName(kind: NameKind, name: string): string {
  const parts = name.startsWith('@') ? name.slice(1).split('/') : [name];
  const wanted = name.startsWith('@') ? 2 : 1;
  const fits = Buffer.byteLength(name) <= longest && !name.includes('..');
  if (!fits || parts.length !== wanted || !parts.every((text) => part.test(text))) {
    throw sluiceError('NAME_INVALID', { kind, name });
  }
  return name.replace('/', '+');
}

const own = '.sluice';

export const stateFile = (root: string, project: string, environment: string): string =>
  join(root, own, 'state', folderName('environment', environment), `${folderName('project', project)}.json`);

/** That a run has left this rollout to the host. */
export const leftRolloutFile = (root: string, project: string, environment: string): string =>
  join(root, own, 'left', folderName('environment', environment), `${folderName('project', project)}.json`);

export const releasesFolder = (root: string, project: string): string =>
  join(root, own, 'releases', folderName('project', project));

export const releaseFolder = (root: string, project: string, release: string): string =>
  join(releasesFolder(root, project), folderName('release', release));

export const auditFile = (root: string): string => join(root, own, 'audit.jsonl');

/** Sockets, pids and logs of the host. */
export const hostFolder = (root: string): string => join(root, own, 'host');

/** Which project brought up which containers around the app, by the name that these have. */
export const composeFolder = (root: string): string => join(root, own, 'compose');
export const composeRecordFile = (root: string, name: string, project: string): string =>
  join(composeFolder(root), name, `${folderName('project', project)}.json`);

/** Where the files of earlier deployments go. */
export const historyFolder = (root: string): string => join(root, own, 'history');

export const receiptFile = (checkout: string, project: string, stage: string): string =>
  join(checkout, own, 'receipts', folderName('project', project), `${folderName('stage', stage)}.json`);

/** What CI systems read of a stage's checks. */
export const stageReportFile = (checkout: string, project: string, stage: string): string =>
  join(dirname(receiptFile(checkout, project, stage)), reportNameOf(stage));
/** What a command of the project wrote that judged a release, beside the receipt of the stage. */
export const commandLogFile = (checkout: string, project: string, stage: string): string =>
  join(checkout, own, 'receipts', folderName('project', project), `${folderName('stage', stage)}.log`);

/** What the load stage measured by interval; and the same, kept with a release. */
export const loadRunFile = (checkout: string, project: string): string =>
  join(checkout, own, 'receipts', folderName('project', project), 'load-run.json');
export const keptLoadRunFile = (root: string, project: string, release: string): string =>
  join(releaseFolder(root, project, release), 'load-run.json');

export const buildFolder = (checkout: string, project: string): string =>
  join(checkout, own, 'build', folderName('project', project));

/** Which worktree: phase and task are whole numbers from 1. */
export interface WorktreeKey {
  phase: number;
  task: number;
}

export const worktreeName = ({ phase, task }: WorktreeKey): string => `phase-${phase}-task-${task}`;
export const worktreeBranch = (key: WorktreeKey): string => `feature/${worktreeName(key)}`;
export const worktreePath = (root: string, key: WorktreeKey): string => join(root, 'worktrees', worktreeName(key));

/** Which worktree a folder is by its name; `null` for any other name. */
export function worktreeKeyOf(path: string): WorktreeKey | null {
  const [, phase, task] = /^phase-([1-9]\d*)-task-([1-9]\d*)$/.exec(basename(path)) ?? [];
  return phase === undefined || task === undefined ? null : { phase: Number(phase), task: Number(task) };
}

/** The runs of a project, by the checkout that they were started in. */
export const runsFolder = (root: string): string => join(root, own, 'runs');
export const runFile = (root: string, project: string, checkout: string): string =>
  join(
    runsFolder(root),
    folderName('project', project),
    `${createHash('sha256').update(checkout).digest('hex').slice(0, 16)}.json`,
  );

export const reportFile = (checkout: string): string => join(checkout, '.taskmaster', 'DEPLOYMENT_REPORT.md');
/** What phase 6 tells, by the key of `OutcomeSignals`. */
export const signalNames = {
  complete: 'phase6-complete.json',
  error: 'phase6-error.json',
  rollback: 'rollback.json',
} as const;

/** Where the pipeline around reads them. */
export const signalFolder = (checkout: string): string => join(checkout, '.taskmaster', '.signals');
export const signalFile = (checkout: string): string => join(signalFolder(checkout), signalNames.complete);

/** The list of tasks of the pipeline around, and which of its lists counts. */
export const tasksFile = (checkout: string): string => join(checkout, '.taskmaster', 'tasks', 'tasks.json');
export const tasksStateFile = (checkout: string): string => join(checkout, '.taskmaster', 'state.json');

/** What was made of the latest signal of phase 5. */
export const handledFile = (root: string, project: string): string =>
  join(root, own, 'handover', `${folderName('project', project)}.json`);

/** The latest run that began to deploy a project, and which others it is deployed with. */
export const begunFolder = (root: string): string => join(root, own, 'begun');
export const begunFile = (root: string, project: string): string =>
  join(begunFolder(root), `${folderName('project', project)}.json`);

/** Report, signals and logs of one project, where a run deploys several. */
export const deploymentFolder = (checkout: string, project: string): string =>
  join(checkout, '.taskmaster', 'deployments', folderName('project', project));
/** `log` is `infra`, `staging`, `canary` or `production`. */
export const projectLogFile = (checkout: string, project: string, log: string): string =>
  join(deploymentFolder(checkout, project), `deployment-${folderName('log', log)}.log`);
/** The same, of all projects. */
export const logFile = (checkout: string, log: string): string =>
  join(checkout, 'logs', `deployment-${folderName('log', log)}.log`);

const written: readonly RegExp[] = [
  /^\.taskmaster\/DEPLOYMENT_REPORT\.md$/,
  /^\.taskmaster\/\.signals\/(phase6-complete|phase6-error|rollback)\.json$/,
  /^\.taskmaster\/deployments\//,
  /^logs\/deployment-[^/]*\.log$/,
  /^\.sluice\//,
  /^worktrees\//,
];

/** Whether the pipeline itself writes this path (from the top of a checkout, with "/"): such files are never dirt. */
export const isOwnFile = (path: string): boolean => written.some((pattern) => pattern.test(path));

const handover: readonly RegExp[] = [
  /^\.(taskmaster|claude)\/\.signals\/[^/]+\.json$/,
  /^\.taskmaster\/(tasks\/tasks|state)\.json$/,
];

/**
 * Whether the pipeline around hands over by this path, to us or through us: signals of other phases and the list of tasks. They
 * are no dirt, for no stage reads them as an input, but they are not ours to move away.
 */
export const isHandoverFile = (path: string): boolean => handover.some((pattern) => pattern.test(path));
