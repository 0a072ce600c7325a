import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'down'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/down'),
    ({ down }, ground, say) => down(ground, options, say),
  );
