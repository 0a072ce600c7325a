/** The checks of every validation stage: each takes its settings and gives a `Check` for `runChecks` of the core. */
export { auditCheck, type AuditSettings, type AuditSubject } from './audit';
export { commandEnv } from './command-env';
export { runCommand, type CommandEnd, type CommandOptions } from './command';
export { connectivityCheck, type ConnectivitySubject } from './connectivity';
export { loadCheck } from './load';
export type { ResultsFile } from './load-results';
export { scriptLoadCheck, type ScriptLoadSubject } from './load-script';
export type { LoadSubject } from './load-verdict';
export { logsCheck, type LogsSubject } from './logs';
export { findNx, targetCheck, targetChecks, type TargetsSettings, type TargetsSubject } from './nx-targets';
export { secretsCheck, type SecretsSubject } from './secrets';
export { scriptCheck, type ScriptSettings, type ScriptSubject } from './script';
export { smokeCheck, type SmokeSettings, type SmokeSubject } from './smoke';
export type { ReadUsage } from './usage-samples';
export type { Shipped } from './shipped';
