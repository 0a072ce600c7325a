import type { ExecutorContext } from '@nx/devkit';
import { runStage } from '../../stage/run-stage';

export default (_options: object, context: ExecutorContext) =>
  runStage('load', context, async (run) => (await import('../../stages/load')).load(run));
