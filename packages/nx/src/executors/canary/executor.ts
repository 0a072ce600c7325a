import type { ExecutorContext } from '@nx/devkit';
import { runStage } from '../../stage/run-stage';

export default (_options: object, context: ExecutorContext) =>
  runStage('canary', context, async (run) => (await import('../../stages/canary')).canary(run));
