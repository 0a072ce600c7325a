import { optionalNames } from '../checks/readiness/names';
import { readinessGroups } from '../checks/readiness/score';
import * as z from '../zod';
import { command, positiveDuration } from './schema-values';

/** What must be there before anything reaches staging: `readiness`. */
const weight = (points: number) => z.number().min(0).default(points);

const weights = z
  .strictObject({
    testing: weight(30).describe('Tests and their coverage.'),
    security: weight(25).describe('The security stage and what it found.'),
    operations: weight(20).describe('Health, metrics, smoke tests, alerts, the way back and its rehearsal.'),
    documentation: weight(15).describe('README, runbook, changelog.'),
    stakeholders: weight(10).describe('Owners, and the GO of phase 5.'),
  })
  .prefault({})
  .refine((all) => Object.values(all).some((points) => points > 0), { error: 'at least one weight above 0' });

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, { error: 'a name of small letters, digits and "-"' });

const check = z.strictObject({
  name: name.describe('What it is called in the score.'),
  group: z.enum(readinessGroups).describe('Whose points it shares.'),
  command: command.describe("Program and arguments, run in the project's folder; 0 is ok."),
  timeout: positiveDuration('5m').describe('How long it may take.'),
});

const place = z.string().min(1).optional();

export const readiness = z
  .strictObject({
    targets: z
      .array(z.string().min(1))
      .default(['lint', 'typecheck', 'test', 'e2e'])
      .describe('Nx targets that must pass in the worktree: those that the project and its dependencies have.'),
    allowNoTests: z
      .boolean()
      .default(false)
      .describe('Whether a project may have none of the targets but lint, typecheck and build.'),
    minScore: z.number().min(0).max(100).default(90).describe('Lowest production readiness score, 0 to 100.'),
    coverage: z.number().min(0).max(100).optional().describe('Lowest share of lines that tests reach, in per cent.'),
    weights: weights.describe('What each group is worth.'),
    leaveOut: z.array(z.enum(optionalNames)).default([]).describe('Items that say nothing here. They are named.'),
    documents: z
      .strictObject({
        readme: place.describe('What the service is for.'),
        runbook: place.describe('What to do when it misbehaves.'),
        changelog: place.describe('What changes for its users.'),
        alerts: place.describe('When somebody is woken.'),
      })
      .prefault({})
      .describe('Files that are looked for elsewhere, from the workspace root.'),
    checks: z.array(check).prefault([]).describe('Items of your own.'),
  })
  .prefault({})
  .describe('The readiness stage.');
