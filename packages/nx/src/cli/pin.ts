import { environmentNames, parseDuration, z } from '@sluice/core';
import { createPin } from '@sluice/host/client';
import type { Desk } from './desk';
import type { Exit } from './exit-codes';
import { findSite } from './find-site';

export const pinOptions = z.object({
  slot: z.enum(['stable', 'canary', 'baseline']),
  environment: z.enum(environmentNames).default('production'),
  for: z
    .string()
    .default('1h')
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .refine((ms) => ms >= 1_000, { error: 'a duration such as "30m" or "1h"' }),
  json: z.boolean().optional(),
});

/** Prints the header field that sends requests to one slot, as `curl --header` takes it. */
export async function pin(
  { cwd, say }: Desk,
  named: string,
  { slot, environment, for: time, json }: z.infer<typeof pinOptions>,
): Promise<Exit> {
  const { root, project } = await findSite(cwd, named);
  const expires = Math.floor((Date.now() + time) / 1000);
  const { name, value } = await createPin(root, { project, environment, slot, expires });
  const expiry = new Date(expires * 1000).toISOString();
  say(json ? JSON.stringify({ name, value, expires: expiry }, null, 2) : `${name}: ${value}`);
  return 'done';
}
