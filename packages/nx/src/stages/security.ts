import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAllowlist, runChecks, verdictOf, type CheckResult } from '@sluice/core';
import {
  auditCheck,
  containerCheck,
  dockerfileCheck,
  fileScanChecks,
  secretsCheck,
  withContentCopy,
} from '@sluice/adapters/checks';
import { buildFolder, unpackArtifact } from '@sluice/adapters/files';
import { clock } from '../stage/clock';
import { contentBlobs } from '../stage/content';
import type { StageResult, StageRun } from '../stage/run-stage';
import { checkByCommand } from './script';

/** What may not be in the files that the release is made of, and what is known of the packages that it ships. */
export async function security(run: StageRun): Promise<StageResult> {
  const { config, worktree, commit, projectRoot, signal, say } = run;
  const { severity, required, tools } = config.security;
  const files = (await contentBlobs(run, 'security', worktree, commit)).map(({ path }) => path);
  say(`scanning ${files.length} files of ${commit.slice(0, 12)}`);

  const allow = createAllowlist(config.security.allow, new Date(clock.now()).toISOString().slice(0, 10));
  const settings = { severity, allow, worktree };
  const told = { clock, signal };
  const content = { root: worktree, files };
  const texts = await runChecks(
    [secretsCheck({ allow }), dockerfileCheck({ projectRoot, severity, allow })],
    content,
    told,
  );
  const scans = await withContentCopy(worktree, files, (folder) =>
    runChecks(fileScanChecks(tools, settings, files), { folder }, told),
  );
  const shipped = await withArtifact(run, async (folder) => {
    const { onUnavailable } = config.security;
    const audit = auditCheck({ severity, onUnavailable, allow, npmrc: await npmrcOf(worktree) });
    const audits = await runChecks([audit], { ships: { folder } }, told);
    const scanned = await runChecks([containerCheck(tools, settings)], { folder }, told);
    return [...audits, ...scanned, ...(await checkByCommand(run, 'security', { SLUICE_ARTIFACT: folder }))];
  });
  const lists = config.security.allow.length ? await runChecks([allow.check], null, told) : [];
  const checks: CheckResult[] = [...texts, ...scans, ...shipped, ...lists];
  return { ...verdictOf(checks, { required }), checks, tools: toolsOf(checks) };
}

/** The workspace's, where it has one. */
async function npmrcOf(worktree: string): Promise<string | undefined> {
  const npmrc = join(worktree, '.npmrc');
  return access(npmrc).then(
    () => npmrc,
    () => undefined,
  );
}

/** The artifact holds exactly what is shipped, with its lockfile. */
async function withArtifact<T>({ checkout, project }: StageRun, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-security-'));
  try {
    const files = join(folder, 'files');
    await unpackArtifact(join(buildFolder(checkout, project), 'artifact.tgz'), files);
    return await work(files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const toolsOf = (checks: { tool: string; version: string }[]): Record<string, string> =>
  Object.fromEntries(checks.map(({ tool, version }) => [tool, version]));
