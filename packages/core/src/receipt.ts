import * as z from './zod';
import { digestOf, type Digest } from './digest';

const finding = z.strictObject({
  severity: z.enum(['low', 'moderate', 'high', 'critical']),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  rule: z.string().optional(),
  allowed: z.string().optional(),
});

const checkResult = z.strictObject({
  check: z.string(),
  tool: z.string(),
  version: z.string(),
  status: z.enum(['pass', 'fail', 'warn', 'skip']),
  reason: z.string(),
  findings: z.array(finding),
  figures: z.record(z.string(), z.number()),
  durationMs: z.number(),
});

/** The evidence that a stage left: `.sluice/receipts/<project>/<stage>.json`. */
export const receiptSchema = z.strictObject({
  version: z.literal(1),
  stage: z.string(),
  project: z.string(),
  verdict: z.enum(['pass', 'warn', 'skipped', 'fail']),
  /** A pure stage names the content it judged; a deploying one the release and the receipts it builds on. */
  subject: z.union([
    z.strictObject({ content: z.string(), tools: z.record(z.string(), z.string()) }),
    z.strictObject({ release: z.string(), builtOn: z.record(z.string(), z.string()) }),
  ]),
  reasons: z.array(z.string()),
  figures: z.record(z.string(), z.number()),
  /** What the stage made, by name: the digest of the artifact. */
  produced: z.record(z.string(), z.string()),
  checks: z.array(checkResult),
  /** SHA-256 over everything above, without durations. */
  digest: z.string(),
  /** Outside the digest, so that a replayed receipt still fits. Milliseconds since the epoch, milliseconds. */
  times: z.strictObject({ startedAt: z.number(), durationMs: z.number() }),
});
export type Receipt = z.infer<typeof receiptSchema>;
export type ReceiptBody = Omit<Receipt, 'digest' | 'times' | 'version'>;

export function makeReceipt(body: ReceiptBody, times: Receipt['times']): Receipt {
  return { version: 1, ...body, digest: digestOfReceipt(body), times };
}

/** The digest of what a receipt says, without when and how long. */
export function digestOfReceipt(receipt: ReceiptBody): Digest {
  const { stage, project, verdict, subject, reasons, figures, produced } = receipt;
  const checks = receipt.checks.map(({ durationMs: _durationMs, ...check }) => check);
  return digestOf({ stage, project, verdict, subject, reasons, figures, produced, checks });
}

/** True when the receipt says what it said when it was made. */
export const isUnedited = (receipt: Receipt): boolean => receipt.digest === digestOfReceipt(receipt);
