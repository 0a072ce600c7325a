import { z } from '@sluice/core';
import type { ChainEnd } from './audit-chain';
import { readJson } from './json-file';
import { signalFile } from './paths';

const signalSchema = z.looseObject({
  audit: z.object({ head: z.string().nullable(), count: z.int().min(0) }).optional(),
});

/** The end of the audit log that the completion signal of the main checkout names; `null` where it names none. */
export async function readSignalEnd(root: string): Promise<ChainEnd | { problem: string } | null> {
  const read = await readJson(signalFile(root));
  if (!read.found) return null;
  if ('problem' in read) return { problem: read.problem };
  const parsed = signalSchema.safeParse(read.value);
  return parsed.success ? (parsed.data.audit ?? null) : { problem: 'its "audit" is not an end of the log' };
}
