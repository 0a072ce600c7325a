import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'status'>, context: ExecutorContext) =>
  runAct(context, async (ground, say) => (await import('../../acts/status')).status(ground, options, say));
