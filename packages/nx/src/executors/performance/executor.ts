import type { ExecutorContext } from '@nx/devkit';
import { runStage } from '../../stage/run-stage';

export default (_options: object, context: ExecutorContext) =>
  runStage('performance', context, async (run) => (await import('../../stages/performance')).performance(run));
