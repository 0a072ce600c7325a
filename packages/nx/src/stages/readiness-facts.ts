import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  documentNames,
  documentPlaces,
  findDocument,
  rehearsalIn,
  type CheckResult,
  type DocumentName,
  type ReadinessFacts,
} from '@sluice/core';
import { readCoverage, readOwners } from '@sluice/adapters/checks';
import { auditFile, createAuditLog, createStateStore, readPhase5In } from '@sluice/adapters/files';
import { listBlobs } from '@sluice/adapters/git';
import type { StageRun } from '../stage/run-stage';

/** Looks at everything that the score is made of. Documents and owners are those of the commit. */
export async function readinessFacts(run: StageRun, tests: readonly CheckResult[]): Promise<ReadinessFacts> {
  const { project, projectRoot, root, worktree, commit, config, evidence } = run;
  const committed = (await listBlobs(worktree, commit)).filter(({ isFile }) => isFile).map(({ path }) => path);
  const own = committed.filter((path) => projectRoot === '.' || path.startsWith(`${projectRoot}/`));
  const states = createStateStore(root);
  const production = await states.load(project, 'production');
  const staging = await states.load(project, 'staging');
  const hasTwo = staging !== null && (staging.previous !== null || staging.refused.length > 0);
  return {
    ...{ tests, projectRoot, receipts: evidence?.receipts ?? {} },
    coverage: await readCoverage(worktree, testOutputs(run)),
    documents: await readDocuments(run, committed),
    owners: await readOwners(worktree, committed, own),
    hasWayBack: production !== null && production.previous !== null,
    rehearsal: hasTwo ? { last: rehearsalIn(await auditOf(root, project)) } : null,
    phase5: await readPhase5In(root, worktree, config.pipeline.minScore),
  };
}

const auditOf = (root: string, project: string) =>
  createAuditLog(auditFile(root)).read({ project, environment: 'staging' });

/** A file without a word in it is none. */
async function readDocuments(
  { projectRoot, config, worktree }: StageRun,
  committed: readonly string[],
): Promise<ReadinessFacts['documents']> {
  const places = documentPlaces(projectRoot, config.readiness.documents);
  const found = await Promise.all(
    documentNames.map(async (name): Promise<[DocumentName, string | null]> => {
      const file = findDocument(places[name], committed);
      return [name, file !== null && (await readFile(join(worktree, file), 'utf8')).trim() ? file : null];
    }),
  );
  const of = (name: DocumentName) => found.find(([one]) => one === name)?.[1] ?? null;
  return { readme: of('readme'), runbook: of('runbook'), changelog: of('changelog'), alerts: of('alerts') };
}

/** Output folders of the targets that test, from the top of the worktree; those that options decide are not followed. */
function testOutputs({ context, project, projectRoot, config }: StageRun): string[] {
  const targets = context.projectsConfigurations.projects[project]?.targets ?? {};
  return config.readiness.targets
    .flatMap((name) => targets[name]?.outputs ?? [])
    .map((output) =>
      output
        .replace('{workspaceRoot}/', '')
        .replaceAll('{projectRoot}', projectRoot)
        .replaceAll('{projectName}', project),
    )
    .filter((output) => !output.startsWith('!') && !output.includes('{'));
}
