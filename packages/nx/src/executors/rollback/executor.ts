import type { ExecutorContext } from '@nx/devkit';
import { runAct } from '../../acts/run-act';
import type { ActOptions } from '../../options';

export default (options: ActOptions<'rollback'>, context: ExecutorContext) =>
  runAct(
    context,
    () => import('../../acts/rollback'),
    ({ rollBack }, ground, say) => rollBack(ground, options, say),
  );
