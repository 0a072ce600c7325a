import * as z from '../zod';
import { duration, optionalDuration } from './schema-values';

/** Who has to agree, and when nothing may begin: `approvals` and `freeze`. */
const reason = z.string().min(1);

const approval = z.strictObject({
  before: z.enum(['canary', 'production']).describe('The stage that does not begin without it.'),
  by: z.int().min(1).max(20).default(1).describe('How many people have to agree.'),
  from: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Who may: names, addresses or logins of a CI system; everybody without it.'),
  ttl: duration('24h')
    .refine((ms) => ms > 0, { error: 'a duration longer than "0s"' })
    .describe('How long an approval counts.'),
});

const aTime = { error: 'a time such as "2026-12-24T18:00", with "Z" or "+01:00" where it is of no timezone' };
const time = z
  .string(aTime)
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?$/, aTime)
  .optional();

const freeze = z.strictObject({
  cron: z.string().min(1).optional().describe('When it begins, as the five fields of cron.'),
  for: optionalDuration.describe('How long it lasts, of one with `cron`.'),
  from: time.describe('When it begins, of one that comes once.'),
  to: time.describe('When it ends, of one that comes once.'),
  timezone: z.string().min(1).default('UTC').describe('Where these times are, such as "Europe/Berlin".'),
  reason: reason.describe('Why, for whoever meets it.'),
});

export const approvalSettings = {
  approvals: z.array(approval).prefault([]).describe('People who have to agree before a stage begins in production.'),
  freeze: z.array(freeze).prefault([]).describe('When no release gets more of the traffic of production.'),
};

export type ApprovalSettings = z.infer<typeof approval>;
export type FreezeSettings = z.infer<typeof freeze>;
