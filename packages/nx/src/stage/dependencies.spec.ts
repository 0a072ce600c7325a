import type { TargetConfiguration } from '@nx/devkit';
import { aContext } from '../testing/stage-run';
import { unknownDependencies } from './dependencies';

function unknownIn(dependsOn: TargetConfiguration['dependsOn']): string[] {
  const context = aContext('/work', 'deploy-security');
  const targets = { 'deploy-worktree': {}, 'deploy-security': dependsOn ? { dependsOn } : {} };
  const node = { name: 'app', type: 'app' as const, data: { root: 'app', targets } };
  return unknownDependencies({
    project: 'app',
    context: { ...context, projectGraph: { nodes: { app: node }, dependencies: {} } },
  });
}

describe('what a target depends on', () => {
  it.each([
    [['deploy-wroktree'], ['deploy-wroktree']],
    [[{ target: 'deploy-wroktree' }], ['deploy-wroktree']],
    [['deploy-worktree'], []],
    [['^build', 'lib:build', 'build-*', { target: 'build', dependencies: true }, { target: 'x', projects: ['y'] }], []],
    [undefined, []],
  ] satisfies [TargetConfiguration['dependsOn'], string[]][])('%j: unknown is %j', (dependsOn, unknown) => {
    expect(unknownIn(dependsOn)).toEqual(unknown);
  });
});
