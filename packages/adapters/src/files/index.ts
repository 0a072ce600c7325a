/** Files: state, audit log, receipts, artifacts and releases on one machine. */
export {
  auditFile,
  buildFolder,
  deploymentFolder,
  folderName,
  historyFolder,
  hostFolder,
  isOwnFile,
  logFile,
  receiptFile,
  releaseFolder,
  releasesFolder,
  reportFile,
  signalFile,
  stateFile,
  worktreeBranch,
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
export { createReceiptStore, type ReceiptStore } from './receipts';
export { digestFolder, packArtifact } from './artifact';
export { unpackArtifact } from './unpack';
export { createReleaseStore, type WritableReleaseStore } from './releases';
export { appendLine } from './text-log';
export { createDeploymentFiles, listStates, type DeploymentFiles } from './deployment';
export { standingFiles } from './standing-files';
