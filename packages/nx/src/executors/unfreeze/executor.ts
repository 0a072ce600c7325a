import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'unfreeze'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/unfreeze'),
    ({ unfreeze }, ground, say) => unfreeze(ground, options, say),
  );
