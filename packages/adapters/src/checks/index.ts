/** The checks of every validation stage: each takes its settings and gives a `Check` for `runChecks` of the core. */
export { auditCheck, type AuditSettings, type AuditSubject } from './audit';
export { commandEnv } from './command-env';
export { runCommand, type CommandEnd, type CommandOptions } from './command';
export { withContentCopy } from './content-copy';
export { connectivityCheck, type ConnectivitySubject } from './connectivity';
export { loadCheck, type LoadSubject } from './load';
export { logsCheck, type LogsSubject } from './logs';
export { readCoverage, type Coverage } from './coverage';
export { readOwners, type Owners } from './owners';
export { ownCheck, type OwnCheckSettings } from './own-check';
export { dockerfileCheck, type DockerfileSettings } from './dockerfile';
export { findNx, targetCheck, targetChecks, type TargetsSettings, type TargetsSubject } from './nx-targets';
export { containerCheck, fileScanChecks } from './scanners/chosen';
export type { ScanSubject } from './scanners/scanner';
export { secretsCheck, type SecretsSubject } from './secrets';
export { smokeCheck, type SmokeSettings, type SmokeSubject } from './smoke';
export type { Shipped } from './shipped';
