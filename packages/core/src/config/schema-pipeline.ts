import * as z from '../zod';

/** The pipeline around, of which a deployment is phase 6: `pipeline`. */
const pipeline = z
  .strictObject({
    requirePhase5: z.boolean().default(false).describe('Whether readiness needs a GO of phase 5, not only no NO-GO.'),
    minScore: z.number().min(0).max(100).default(90).describe('Lowest score of phase 5, 0 to 100.'),
    task: z
      .union([z.int().min(1), z.string().regex(/^\S+$/, { error: 'an id without spaces' })])
      .default(26)
      .describe('Id of the deployment in .taskmaster/tasks/tasks.json; without such a task the title decides.'),
  })
  .prefault({})
  .describe('The pipeline around, of which a deployment is phase 6.');

export const pipelineSettings = { pipeline };
