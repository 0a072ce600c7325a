import { join } from 'node:path';
import { runChecks, sluiceError } from '@sluice/core';
import { targetCheck } from '@sluice/adapters/checks';
import { buildFolder, packArtifact } from '@sluice/adapters/files';
import { removeIgnored } from '@sluice/adapters/git';
import type { StageResult, StageRun } from '../stage/run-stage';
import { sayNested } from '../stage/say';
import { clock } from '../stage/clock';
import { assemble } from './assemble';

/** Builds the project inside the worktree and packs what it left, with production dependencies, reproducibly. */
export async function build(run: StageRun): Promise<StageResult> {
  const { config, project, projectRoot, worktree, checkout, signal, say } = run;
  const { target, output } = config.build;
  say(`nx run ${project}:${target} in ${worktree}`);
  // what the build of an earlier commit left there must not be packed; nx's cache brings back what is current
  if (join(output) !== '.') await removeIgnored(worktree, join(projectRoot, output));
  const check = targetCheck(target, { targets: [target], allowNoTests: true, onLine: sayNested });
  const [built] = await runChecks([check], { worktree, project, targets: targetsOf(run) }, { clock, signal });
  if (built?.status !== 'pass') {
    const lines = built?.findings.map(({ message }) => message).join('\n') ?? '';
    throw sluiceError('BUILD_FAILED', {
      command: `nx run ${project}:${target}`,
      output: lines || (built?.reason ?? ''),
    });
  }
  const assembled = await assemble({
    ...run,
    output: join(worktree, projectRoot, output),
    graph: run.context.projectGraph,
  });
  try {
    const tarball = join(buildFolder(checkout, project), 'artifact.tgz');
    const { digest } = await packArtifact(assembled.folder, tarball);
    return {
      verdict: 'pass',
      reasons: [
        `artifact ${digest.slice(0, 12)} of ${output}${assembled.dependencies ? ` with ${assembled.dependencies} npm packages` : ''}`,
      ],
      figures: { npmPackages: assembled.dependencies },
      produced: { artifact: digest },
    };
  } finally {
    await assembled.release();
  }
}

/** Targets that the project has, as nx sees them. */
export const targetsOf = ({ context, project }: StageRun): string[] =>
  Object.keys(context.projectsConfigurations.projects[project]?.targets ?? {});
