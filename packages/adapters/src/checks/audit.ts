import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeFindings, type Allowlist, type Check, type CheckOutcome, type Finding } from '@sluice/core';
import { readAudit, type AuditOutput, type AuditReading } from './audit-report';
import { counted, fail, skip, warn } from './outcome';
import { lockShipped, readShipped, uniqueShipped, type Shipped } from './shipped';

export interface AuditSubject {
  /** The npm packages that the project ships, or the folder of its artifact. */
  ships: readonly Shipped[] | { folder: string };
}

export interface AuditSettings {
  /** From this severity on a finding blocks; below it warns. */
  severity: Finding['severity'];
  /** What it means that the advisory service does not answer. */
  onUnavailable: 'fail' | 'warn';
  allow: Allowlist;
  /** The workspace's `.npmrc`, where it has one: it may name a registry. */
  npmrc?: string | undefined;
  /** The environment of npm; by default this process's. */
  env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Asks the registry for advisories on exactly what the project ships, by `npm audit` on a lockfile made for it, so that
 * neither the workspace around nor the package manager it uses matters. `version` is npm's, known once it ran.
 */
export function auditCheck(settings: AuditSettings): Check<AuditSubject> {
  let version = 'not run';
  return {
    name: 'audit',
    tool: 'npm',
    get version() {
      return version;
    },
    timeLimit: 120_000,
    async run({ ships: given }, signal) {
      const ships = uniqueShipped('folder' in given ? await readShipped(given.folder) : given);
      if (ships.length === 0) return skip('ships no npm dependency');
      const npm = await runNpm(ships, settings, signal);
      if (!npm) return fail('the command "npm" (audit) does not exist');
      version = npm.version;
      return judge(readAudit(npm, ships), ships.length, settings);
    },
  };
}

function judge(reading: AuditReading, packages: number, settings: AuditSettings): CheckOutcome {
  const { severity, onUnavailable, allow } = settings;
  if (reading.kind === 'rubbish') return fail(`the audit can't be trusted: ${reading.reason}`);
  if (reading.kind === 'unavailable') {
    const answer = onUnavailable === 'warn' ? warn : fail;
    return answer(`the advisory service is not available, so nothing was audited: ${reading.reason}`);
  }
  const nothing = `no advisory for ${counted(packages, 'package')}`;
  return judgeFindings(reading.findings, { severity, allow, nothing, figures: { packages } });
}

/** What npm said, in a folder of its own; `null` where there is no npm. */
async function runNpm(
  ships: readonly Shipped[],
  { npmrc, env = process.env }: AuditSettings,
  signal: AbortSignal,
): Promise<(AuditOutput & { version: string }) | null> {
  const { execa } = await import('execa');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-audit-'));
  try {
    for (const [file, content] of Object.entries(lockShipped(ships))) {
      await writeFile(join(folder, file), JSON.stringify(content));
    }
    if (npmrc !== undefined) await copyFile(npmrc, join(folder, '.npmrc'));
    const run = (args: readonly string[]) =>
      execa('npm', args, {
        cwd: folder,
        env: npmEnv(env),
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
        cancelSignal: signal,
        forceKillAfterDelay: 2_000,
      });
    const [version, audit] = await Promise.all([run(['--version']), run(auditArguments)]);
    signal.throwIfAborted();
    if (version.code === 'ENOENT') return null;
    const { exitCode, stdout, stderr } = audit;
    return { exitCode, stdout, stderr, version: version.stdout.trim() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whatever the user's npm is set to, it asks, it asks once, and it tells everything. */
const auditArguments = [
  ...['audit', '--json', '--package-lock-only', '--omit=dev', '--audit-level=info', '--loglevel=silly'],
  ...['--offline=false', '--fetch-retries=0', '--fetch-timeout=30000'],
];

/** Without what npm tells its scripts about the workspace that they were started from. */
const npmEnv = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || /^npm_config_(global|prefix|workspaces?|include_workspace_root)$/i.test(name)
        ? []
        : [[name, value]],
    ),
  );
