import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { parseConfig, releaseId, runtimeOf, type ReleaseManifest } from '@sluice/core';
import { buildFolder, packArtifact, worktreePath } from '@sluice/adapters/files';
import type { StageRun } from '../stage/run-stage';

/** What nx hands to an executor of the project `app`, in a run of these targets. */
export function aContext(root: string, target: string, others: string[] = []): ExecutorContext {
  const project = { root: 'app' };
  const tasks = [target, ...others].map((name) => ({
    id: `app:${name}`,
    target: { project: 'app', target: name },
    overrides: {},
    outputs: [],
    cache: false,
    parallelism: true,
  }));
  return {
    root,
    cwd: root,
    isVerbose: false,
    projectName: 'app',
    targetName: target,
    projectsConfigurations: { version: 2, projects: { app: project } },
    nxJsonConfiguration: {},
    projectGraph: { nodes: { app: { name: 'app', type: 'app', data: project } }, dependencies: {} },
    taskGraph: {
      roots: [],
      tasks: Object.fromEntries(tasks.map((task) => [task.id, task])),
      dependencies: {},
      continuousDependencies: {},
    },
  };
}

/** A stage of `app` that has a built release to deploy, with this program, and what it has said so far. */
export async function aStageRun(
  root: string,
  settings: object,
  context: ExecutorContext,
  program = '',
): Promise<{ run: StageRun; release: ReleaseManifest; said: string[] }> {
  const built = join(root, '.sluice/built');
  mkdirSync(built, { recursive: true });
  mkdirSync(buildFolder(root, 'app'), { recursive: true });
  writeFileSync(join(built, 'main.js'), program);
  const { digest } = await packArtifact(built, join(buildFolder(root, 'app'), 'artifact.tgz'));
  const text = JSON.stringify(settings);
  const config = parseConfig(text, 'app/sluice.json');
  const runtime = runtimeOf(config);
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const id = releaseId(digest, runtime);
  const release: ReleaseManifest = {
    ...{ version: 1, project: 'app', id, commit, configuration: null, artifact: digest, runtime },
  };
  const said: string[] = [];
  const run: StageRun = {
    ...{ project: 'app', projectRoot: 'app', configuration: null, root, checkout: root, head: commit, context },
    ...{ worktree: worktreePath(root, { phase: 6, task: 1 }), config, text, file: 'app/sluice.json', commit },
    evidence: { receipts: {}, release, builtOn: {} },
    signal: new AbortController().signal,
    say: (line) => void said.push(line),
  };
  return { run, release, said };
}
