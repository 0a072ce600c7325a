import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'plan'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/plan'),
    ({ plan }, ground, say) => plan(ground, options, say),
  );
