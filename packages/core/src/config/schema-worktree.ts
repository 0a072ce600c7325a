import * as z from '../zod';
import { command } from './schema-values';

const number = z.int().min(1).max(9999);
const install = z.union([z.enum(['auto', 'never', 'always']), command], {
  error: '"auto", "never", "always", or a program and its arguments',
});

/** Where the work is done: `worktree`. */
export const worktreeSettings = {
  worktree: z
    .strictObject({
      phase: number.default(6).describe('The phase in the name of the worktree and of its branch.'),
      task: number.default(1).describe('The task in the name of the worktree and of its branch.'),
      install: install
        .default('auto')
        .describe(
          'Whether the worktree gets packages of its own: "auto" where those of the checkout around it would be wrong, "always", "never", or by a command: the program and its arguments; no shell.',
        ),
    })
    .prefault({})
    .describe('The worktree that a deployment works in.'),
};
