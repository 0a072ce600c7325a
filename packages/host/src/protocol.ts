import { environmentNames, z, type MergeOutcome } from '@sluice/core';

/** What executors and controller say to each other: JSON over the controller's socket, parsed on both sides. */
const environment = z.enum(environmentNames);

/** Grows with a change that makes a host and executors of two versions misunderstand each other. What is only new does not. */
export const protocol = 1;

const place = z.strictObject({ checkout: z.string(), worktree: z.string(), projectRoot: z.string() });
const release = z.strictObject({ id: z.string(), commit: z.string(), configuration: z.string().nullable() });

/** `POST rollouts`: take a release to an environment, or attach to the rollout that already does. */
export const deploySchema = z.strictObject({
  project: z.string(),
  environment,
  release,
  goal: z.enum(['canary', 'production']),
  /** The generation of the rollout that this goes on with: where that one has ended, none is begun in its place. */
  continues: z.int().optional(),
  /** The text of `sluice.json`, where it was read, and the variant. */
  config: z.strictObject({ text: z.string(), file: z.string(), configuration: z.string().nullable() }),
  place,
  by: z.string(),
});
export type DeployRequest = z.infer<typeof deploySchema>;

/** `POST rollbacks`: end the rollout that is under way, or go back from what is live. */
export const rollbackSchema = z.strictObject({
  project: z.string(),
  environment,
  /** A release to go to; default: the one before. */
  to: z.string().nullable(),
  reason: z.string(),
  by: z.string(),
});
export type RollbackRequest = z.infer<typeof rollbackSchema>;

/** `POST permits`: a release that was rolled back may be deployed once more. */
export const permitSchema = z.strictObject({
  project: z.string(),
  environment,
  release: z.string(),
  reason: z.string(),
  by: z.string(),
});
export type PermitRequest = z.infer<typeof permitSchema>;

/** `POST promotions`: a step that is held goes on. */
export const promoteSchema = z.strictObject({ project: z.string(), environment, reason: z.string(), by: z.string() });
export type PromoteRequest = z.infer<typeof promoteSchema>;

const stage = z.enum(['canary', 'production']);
const word = { project: z.string(), environment, release: z.string(), reason: z.string(), by: z.string() };

/** `POST approvals`: somebody agrees that a release begins a stage. */
export const approveSchema = z.strictObject({ ...word, before: stage });
export type ApproveRequest = z.infer<typeof approveSchema>;

/** `POST rejections`: a release that waits for approval is taken back. */
export const rejectSchema = z.strictObject({ ...word, before: stage.optional() });
export type RejectRequest = z.infer<typeof rejectSchema>;

/** `POST thaws`: freezes count no more for so many milliseconds. */
export const unfreezeSchema = z.strictObject({
  ...{ project: z.string(), environment, reason: z.string(), by: z.string() },
  lasts: z.number().positive(),
});
export type UnfreezeRequest = z.infer<typeof unfreezeSchema>;

/** `POST downs`: out of service. */
export const downSchema = z.strictObject({ project: z.string(), environment, by: z.string() });
export type DownRequest = z.infer<typeof downSchema>;

/** `POST merges`: what a deployment to production wrote is merged, where that waits. */
export const mergeSchema = z.strictObject({ project: z.string() });

export const mergeOutcomeSchema = z.custom<MergeOutcome>(
  (value) => z.looseObject({ result: z.string(), reason: z.string() }).safeParse(value).success,
);

export const acceptedSchema = z.object({
  /** `live`: nothing to do. `attached`: it was under way already. */
  how: z.enum(['started', 'attached', 'live', 'ending', 'done']),
});
export type Accepted = z.infer<typeof acceptedSchema>;

/** `POST verifications`: the post-deployment checks of what is live. */
export const verificationSchema = z.strictObject({ project: z.string(), environment });

export const identitySchema = z.object({
  pid: z.number(),
  version: z.string(),
  root: z.string(),
  startedAt: z.number(),
  protocol: z.number().optional(),
});
export const healthSchema = identitySchema.extend({
  /** The router's process, or `null` while it does not answer. */
  router: z.number().nullable(),
});
export type HostHealth = z.infer<typeof healthSchema>;
