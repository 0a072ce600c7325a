import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'down'>, context: ExecutorContext) =>
  runAct(context, async (ground, say) => (await import('../../acts/down')).down(ground, options, say));
