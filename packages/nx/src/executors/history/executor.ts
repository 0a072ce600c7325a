import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'history'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/history'),
    ({ history }, ground, say) => history(ground, options, say),
  );
