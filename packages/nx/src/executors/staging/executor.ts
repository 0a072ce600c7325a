import type { ExecutorContext } from '@nx/devkit';
import { runStage } from '../../stage/run-stage';

export default (_options: object, context: ExecutorContext) =>
  runStage('staging', context, async (run) => (await import('../../stages/staging')).staging(run));
