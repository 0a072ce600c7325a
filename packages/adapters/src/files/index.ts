/** Files: state, audit log, receipts, artifacts and releases on one machine. */
export {
  auditFile,
  buildFolder,
  begunFile,
  commandLogFile,
  deploymentFolder,
  folderName,
  historyFolder,
  hostFolder,
  isHandoverFile,
  isOwnFile,
  keptLoadRunFile,
  loadRunFile,
  logFile,
  receiptFile,
  stageReportFile,
  releaseFolder,
  releasesFolder,
  reportFile,
  runFile,
  signalFile,
  stateFile,
  tasksFile,
  tasksStateFile,
  worktreeBranch,
  worktreeKeyOf,
  worktreeName,
  worktreePath,
  type WorktreeKey,
} from './paths';
export { createStateStore } from './state';
export { createAuditLog, type AuditFilter, type AuditLog, type AuditVerdict } from './audit';
export { readSealKey, type SealKey } from './audit-seal';
export { readSignalEnd } from './signal-end';
export { createAuditReader, type AuditReader } from './audit-reader';
export type { ChainedEntry, ChainEnd } from './audit-chain';
export { createLeftRollouts, type LeftRollouts } from './left-rollouts';
export { createRunRecords, type RunRecord, type RunRecords } from './run-records';
export { listWorktreeUses, type WorktreeUse } from './worktree-uses';
export { createReceiptStore, type ReceiptStore } from './receipts';
export { digestFolder, packArtifact } from './artifact';
export { unpackArtifact } from './unpack';
export { createReleaseStore, type WritableReleaseStore } from './releases';
export { appendLine } from './text-log';
export { createDeploymentFiles, listStates, type DeploymentFiles } from './deployment';
export { standingFiles } from './standing-files';
export type { Beginning } from './signals';
export { isUnderWay } from './under-way';
export { createHandled, type HandledSignals } from './handled';
export { readPhase5In } from './phase5';
export { readLoadRun, writeLoadRun } from './load-runs';
export { markTask, readTask } from './task-list';
