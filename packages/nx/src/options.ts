import { environmentNames, z, type ActName, type StageName } from '@sluice/core';

/**
 * The options of every executor. Each schema.json is made from these by scripts/write-schemas.mjs, and Nx checks against
 * it before the executor starts. A stage that has others before it takes none: an option would not reach them.
 */
const environment = z.enum(environmentNames).describe('Where; production without it.');
const json = z.boolean().describe('Print JSON for machines.');
const stage = z.enum(['canary', 'production']);
const release = z.string().min(1).describe('Which release is meant; the one that is under way without it.');
const none = z.strictObject({});

export const stageOptions = {
  worktree: z.strictObject({
    phase: z.int().min(1).max(9999).describe('Instead of worktree.phase of sluice.json.').optional(),
    task: z.int().min(1).max(9999).describe('Instead of worktree.task of sluice.json.').optional(),
    commit: z.string().min(1).describe('Any name of the commit; HEAD without it.').optional(),
  }),
  build: none,
  security: none,
  load: none,
  performance: none,
  infra: none,
  readiness: none,
  staging: none,
  canary: none,
  production: none,
} as const satisfies Record<StageName, z.ZodObject>;

export const actOptions = {
  verify: z.strictObject({ json: json.optional() }),
  rollback: z.strictObject({
    to: z.string().min(1).describe('The release to go back to; the last good one without it.').optional(),
    environment: environment.optional(),
    reason: z.string().min(1).describe('Why, for the audit log and the report.').optional(),
    json: json.optional(),
  }),
  promote: z.strictObject({
    reason: z.string().min(1).describe('Why it may go on without a conclusion, for the audit log and the report.'),
    environment: environment.optional(),
    json: json.optional(),
  }),
  approve: z.strictObject({
    stage: stage.describe('Which stage may begin.'),
    reason: z.string().min(1).describe('Why, for the audit log and the report.'),
    release: release.optional(),
    json: json.optional(),
  }),
  reject: z.strictObject({
    stage: stage.describe('Which stage it waits for; any without it.').optional(),
    reason: z.string().min(1).describe('Why, for the audit log and the report.'),
    release: release.optional(),
    json: json.optional(),
  }),
  unfreeze: z.strictObject({
    reason: z.string().min(1).describe('Why, for the audit log.'),
    for: z.string().min(1).describe('How long, such as "2h"; "7d" at most.'),
    json: json.optional(),
  }),
  plan: z.strictObject({ json: json.optional() }),
  status: z.strictObject({
    json: json.optional(),
    watch: z.boolean().describe('Go on until the rollout ends, and print every event.').optional(),
    environment: environment.describe('Only this one; all without it.').optional(),
  }),
  history: z.strictObject({
    json: json.optional(),
    environment: environment.describe('Only this one; all without it.').optional(),
    verify: z.boolean().describe('Follow the whole log, and hold it to what is remembered of it.').optional(),
    limit: z.int().min(1).describe('How many entries, the newest; all without it.').optional(),
  }),
  retry: z.strictObject({
    release: z.string().min(1).describe('The release to allow once more; needed where several are refused.').optional(),
    reason: z.string().min(1).describe('Why it is wanted again, for the audit log.'),
    environment: environment.optional(),
    json: json.optional(),
  }),
  down: z.strictObject({
    environment: environment.describe('Only this one, and no containers around it; all without it.').optional(),
    volumes: z.boolean().describe('Remove the volumes of the Compose file as well, with what is in them.').optional(),
    json: json.optional(),
  }),
} as const satisfies Record<ActName, z.ZodObject>;

export type WorktreeOptions = z.infer<typeof stageOptions.worktree>;
export type ActOptions<A extends ActName> = z.infer<(typeof actOptions)[A]>;
