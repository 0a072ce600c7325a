import type { ExecutorContext } from '@nx/devkit';
import { toProblem } from '@sluice/core';
import { findGround, type Ground } from '../stage/ground';
import { say, sayProblem } from '../stage/say';

/** The envelope of every act: finds the ground, turns errors into words. */
export async function runAct(
  context: ExecutorContext,
  work: (ground: Ground, say: (line: string) => void) => Promise<boolean>,
): Promise<{ success: boolean }> {
  try {
    return { success: await work(await findGround(context), say) };
  } catch (thrown) {
    sayProblem(toProblem(thrown));
    return { success: false };
  }
}
