import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'approve'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/approve'),
    ({ approve }, ground, say) => approve(ground, options, say),
  );
