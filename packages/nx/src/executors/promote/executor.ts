import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'promote'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/promote'),
    ({ promote }, ground, say) => promote(ground, options, say),
  );
