import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'status'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/status'),
    ({ status }, ground, say) => status(ground, options, say),
  );
