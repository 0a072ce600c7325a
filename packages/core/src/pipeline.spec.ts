import { acts, pipeline, stageOf, stagesBefore, type StageName } from './pipeline';

describe('the pipeline', () => {
  it('has its stages in the order in which they run', () => {
    expect(pipeline.map(({ target }) => target)).toEqual([
      'deploy-worktree',
      'deploy-build',
      'deploy-security',
      'deploy-load',
      'deploy-performance',
      'deploy-infra',
      'deploy-readiness',
      'deploy-staging',
      'deploy-canary',
      'deploy-prod',
    ]);
  });

  it('needs of each stage only stages before it', () => {
    pipeline.forEach(({ needs }, at) => {
      const earlier = pipeline.slice(0, at).map(({ name }) => name);
      expect(earlier).toEqual(expect.arrayContaining(needs));
    });
  });

  it('runs everything before production', () => {
    expect(stagesBefore('production')).toEqual(pipeline.slice(0, -1));
  });

  it.each<[StageName, StageName[]]>([
    ['worktree', []],
    ['build', ['worktree']],
    ['security', ['worktree', 'build']],
    ['performance', ['worktree', 'build', 'load']],
    ['infra', ['worktree', 'build', 'security', 'load', 'performance']],
  ])('runs before %s: %j', (name, before) => {
    expect(stagesBefore(name).map((stage) => stage.name)).toEqual(before);
  });

  it('takes from the cache only what depends on files alone', () => {
    const pure = pipeline.filter(({ kind }) => kind === 'pure').map(({ name }) => name);
    expect(pure).toEqual(['build', 'security', 'load', 'performance']);
  });

  it('gives every stage and act a name and a target of its own', () => {
    const targets = [...pipeline.map(({ target }) => target), ...acts.map((act) => `deploy-${act}`)];
    expect(new Set(targets).size).toBe(targets.length);
    expect(new Set(pipeline.map(({ name }) => name)).size).toBe(pipeline.length);
  });

  it('finds each stage by its name', () => {
    for (const stage of pipeline) expect(stageOf(stage.name)).toBe(stage);
  });
});
