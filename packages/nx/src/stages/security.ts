import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks, verdictOf } from '@sluice/core';
import { auditCheck, secretsCheck } from '@sluice/adapters/checks';
import { buildFolder, unpackArtifact } from '@sluice/adapters/files';
import { clock } from '../stage/clock';
import { contentBlobs } from '../stage/content';
import type { StageResult, StageRun } from '../stage/run-stage';
import { checkByCommand } from './script';

/** Secrets in the files that the release is made of, and known vulnerabilities of the npm packages that it ships. */
export async function security(run: StageRun): Promise<StageResult> {
  const { config, worktree, commit, signal, say } = run;
  const blobs = await contentBlobs(run, 'security', worktree, commit);
  const npmrc = join(worktree, '.npmrc');
  const hasNpmrc = await access(npmrc).then(
    () => true,
    () => false,
  );
  say(`scanning ${blobs.length} files of ${commit.slice(0, 12)}`);

  const scans = await runChecks(
    [secretsCheck()],
    { root: worktree, files: blobs.map(({ path }) => path) },
    { clock, signal },
  );
  const { severity, onUnavailable } = config.security;
  const audit = auditCheck({ severity, onUnavailable, npmrc: hasNpmrc ? npmrc : undefined });
  const audits = await withArtifact(run, async (folder) => [
    ...(await runChecks([audit], { ships: { folder } }, { clock, signal })),
    ...(await checkByCommand(run, 'security', { SLUICE_ARTIFACT: folder })),
  ]);
  const checks = [...scans, ...audits];
  return { ...verdictOf(checks, { required: config.security.required }), checks, tools: toolsOf(checks) };
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
