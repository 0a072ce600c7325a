import type { Ground } from './ground';

/** What the target that is run depends on and its project does not have: Nx drops such a dependency without a word. */
export function unknownDependencies({ context, project }: Pick<Ground, 'context' | 'project'>): string[] {
  const targets = context.projectGraph.nodes[project]?.data.targets ?? {};
  const dependsOn = targets[context.targetName ?? '']?.dependsOn ?? [];
  return dependsOn.flatMap((dependency) => {
    const isOwn = typeof dependency === 'string' || !(dependency.projects ?? dependency.dependencies);
    const name = typeof dependency === 'string' ? dependency : dependency.target;
    const isPlain = /^[\w-]+$/.test(name); // no "^build", "lib:build" or "build-*"
    return isOwn && isPlain && !(name in targets) ? [name] : [];
  });
}
