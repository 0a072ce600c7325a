import type { ExecutorContext } from '@nx/devkit';
import { toProblem } from '@sluice/core';
import { findGround, type Ground } from '../stage/ground';
import { say, sayProblem } from '../stage/say';

/** The envelope of every act: finds the ground, turns errors into words. The act is loaded while git answers. */
export async function runAct<Act>(
  context: ExecutorContext,
  load: () => Promise<Act>,
  work: (act: Act, ground: Ground, say: (line: string) => void) => Promise<boolean>,
): Promise<{ success: boolean }> {
  try {
    const [ground, act] = await Promise.all([findGround(context), load()]);
    return { success: await work(act, ground, say) };
  } catch (thrown) {
    sayProblem(toProblem(thrown));
    return { success: false };
  }
}
