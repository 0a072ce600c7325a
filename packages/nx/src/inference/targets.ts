import type { TargetConfiguration } from '@nx/devkit';
import { acts, pipeline, stageOf, type ActName, type Stage } from '@sluice/core/pipeline';
import { dayVariable } from '../hooks/day-variable';
import { actTitles } from './acts';
import { contentInputs, ignoredInput } from './content-paths';
import { outputsOf } from './outputs';
import { prdInput } from './prd-places';
import type { Service } from './service';

/** Every deploy target of a service, in pipeline order. */
export function deployTargets(service: Service): Record<string, TargetConfiguration> {
  return Object.fromEntries([
    ...pipeline.map((stage) => [stage.target, stageTarget(stage, service)] as const),
    ...acts.map((act) => [`deploy-${act}`, actTarget(act, service)] as const),
  ]);
}

const stageTarget = (stage: Stage, service: Service): TargetConfiguration => ({
  executor: `@sluice/nx:${stage.name}`,
  dependsOn: stage.needs.map((need) => stageOf(need).target),
  cache: stage.kind === 'pure',
  ...(stage.kind === 'pure' && { inputs: inputsOf(stage, service), outputs: outputsOf(stage, service.name) }),
  ...(alone.has(stage.name) && { parallelism: false }),
  options: {},
  configurations: configurationsOf(service),
  metadata: metadataOf(stage.target, stage.title, service),
});

const actTarget = (act: ActName, service: Service): TargetConfiguration => ({
  executor: `@sluice/nx:${act}`,
  cache: false,
  options: {},
  configurations: configurationsOf(service),
  metadata: metadataOf(`deploy-${act}`, actTitles[act], service),
});

/** Load figures are worthless beside other tasks (measured: docs/load.md, Alone); the worktree is one for all projects that are deployed together. */
const alone: ReadonlySet<Stage['name']> = new Set(['worktree', 'load']);

/** What is built and tried runs on machines like this one: npm packages may hold programs for its system and Node. */
const machine = { runtime: 'node --print process.platform+process.arch+process.versions.modules' };

/**
 * Tomorrow there may be another advisory for the same packages, and what was allowed until today counts again: in UTC. Told by the
 * hook; by a command where a command line names no deploy target, and the hook stays out of it.
 */
const today = [{ env: dayVariable }, { runtime: 'node --print "new Date().toISOString().slice(0, 10)"' }];

/** The performance stage judges the figures of the load stage, by what the requirements say. */
const inputsOf = (stage: Stage, service: Service): NonNullable<TargetConfiguration['inputs']> => [
  ...contentInputs,
  ignoredInput,
  machine,
  ...(stage.name === 'security' ? [...today, ...service.scanners.map((runtime) => ({ runtime }))] : []),
  ...(stage.name === 'performance' ? [prdInput, { dependentTasksOutputFiles: '**/load.json' }] : []),
];

/** Nx hands a configuration on only to those dependencies that have one of its name: so every target has them all. */
const configurationsOf = ({ configurations }: Service): Record<string, object> =>
  Object.fromEntries([...new Set([...configurations, 'immediate'])].sort().map((name) => [name, {}]));

const metadataOf = (
  target: string,
  description: string,
  { name }: Service,
): NonNullable<TargetConfiguration['metadata']> => ({
  description,
  help: { command: `npx nx run ${name}:${target} --help`, example: {} },
});
