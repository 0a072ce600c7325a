import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'verify'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/verify'),
    ({ verify }, ground, say) => verify(ground, options, say),
  );
