import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'reject'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/reject'),
    ({ reject }, ground, say) => reject(ground, options, say),
  );
