import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'retry'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/retry'),
    ({ retry }, ground, say) => retry(ground, options, say),
  );
