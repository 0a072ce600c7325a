/** The pipeline as data: one row a stage. Inference, executors, plan and report all read this table. */
export type StageName =
  | 'worktree'
  | 'build'
  | 'security'
  | 'load'
  | 'performance'
  | 'infra'
  | 'readiness'
  | 'staging'
  | 'canary'
  | 'production';

/**
 * How a stage relates to caching: `pure` results depend on files alone and come from Nx's cache; `live` stages
 * read the world and always run; `converges` stages act on the world and say so when there is nothing to do.
 */
export type StageKind = 'pure' | 'live' | 'converges';

export interface Stage {
  name: StageName;
  /** The Nx target; the executor has the stage's name. */
  target: string;
  /** The stage's number in the seven-stage description, where it has one. */
  number: number | null;
  kind: StageKind;
  /** Stages whose targets run before this one and whose receipts it builds on. */
  needs: StageName[];
  title: string;
}

const stage = (name: StageName, number: number | null, kind: StageKind, needs: StageName[], title: string): Stage => ({
  name,
  target: name === 'production' ? 'deploy-prod' : `deploy-${name}`,
  number,
  kind,
  needs,
  title,
});

export const pipeline: readonly Stage[] = [
  stage('worktree', null, 'converges', [], 'Isolated worktree'),
  stage('build', null, 'pure', ['worktree'], 'Build and pack'),
  stage('security', 0, 'pure', ['build'], 'Security validation'),
  stage('load', 0, 'pure', ['build'], 'Load test'),
  stage('performance', 0, 'pure', ['load'], 'Performance targets'),
  stage('infra', 1, 'converges', ['security', 'load', 'performance'], 'Infrastructure'),
  stage('readiness', 2, 'live', ['infra'], 'Production readiness'),
  stage('staging', 3, 'converges', ['readiness'], 'Staging'),
  stage('canary', 4, 'converges', ['staging'], 'Canary'),
  stage('production', 5, 'converges', ['canary'], 'Production rollout'),
];

/** The file beside a stage's receipt that CI systems read: findings of security as SARIF, the checks of all others as JUnit. */
export const reportNameOf = (stage: string): string => (stage === 'security' ? `${stage}.sarif` : `${stage}.junit.xml`);

/** Targets that are acts or views, not stages: nothing depends on them and they depend on nothing. */
export const acts = [
  ...(['verify', 'rollback', 'promote', 'approve', 'reject', 'unfreeze'] as const),
  ...(['plan', 'status', 'history', 'retry', 'down'] as const),
] as const;
export type ActName = (typeof acts)[number];

export function stageOf(name: StageName): Stage {
  const found = pipeline.find((row) => row.name === name);
  if (!found) throw new RangeError(`no stage ${name}`);
  return found;
}

/** Every stage before `name`, in pipeline order. */
export function stagesBefore(name: StageName): Stage[] {
  const wanted = new Set<StageName>();
  const visit = (current: StageName): void => {
    for (const need of stageOf(current).needs) {
      wanted.add(need);
      visit(need);
    }
  };
  visit(name);
  return pipeline.filter((row) => wanted.has(row.name));
}
