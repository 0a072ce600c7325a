import * as z from '../zod';
import { parseDuration } from './duration';
import { parseSize } from './size';

/** The kinds of values that the sections of `sluice.json` are made of. */
const aDuration = { error: 'a duration such as "30s", "10m", "24h" or "1h30m"' };
const durationText = z.string(aDuration).refine((text) => parseDuration(text) !== null, aDuration);
const toMs = (text: string): number => parseDuration(text) ?? Number.NaN;

export const duration = (fallback: string) => durationText.default(fallback).transform(toMs);
export const optionalDuration = durationText.transform(toMs).optional();
/** Of something that is done again and again, or waited for: zero would never end, or never begin. */
export const positiveDuration = (fallback: string) =>
  duration(fallback).refine((ms) => ms > 0, { error: 'a duration longer than "0s"' });
/** Of something that one command of the rollout waits for: it gives up on the whole command after 15 minutes. */
export const atMost = (longest: string, schema: ReturnType<typeof duration>) =>
  schema.refine((ms) => ms <= toMs(longest), { error: `a duration of at most "${longest}"` });

export const command = z.array(z.string().min(1)).min(1);
const aScript = { error: 'a program such as "./hooks/check.sh", or a list of a program and its arguments' };
/** A check of the project's own: the file of a program, or a command. */
export const script = z
  .union([z.string().regex(/^\S+$/), command], aScript)
  .transform((written) => (typeof written === 'string' ? [written] : written))
  .optional();
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'a name of letters, digits and "_"' });
export const env = z.record(variable, z.string());
const aMachineFile = { error: 'an absolute path, or one that starts with "~/"' };
/** A file of the machine, which is no part of the repository. */
export const machineFile = z.string(aMachineFile).regex(/^(?:\/|~\/)./, aMachineFile);
/** The files that hold the values of variables. */
export const secrets = z.record(variable, machineFile);
const aSize = { error: 'a size such as "512MB" or "1.5GB"' };
const sizeText = z.string(aSize).refine((text) => (parseSize(text) ?? 0) > 0, aSize);
const toBytes = (text: string): number => parseSize(text) ?? Number.NaN;
export const size = (fallback: string) => sizeText.default(fallback).transform(toBytes);
export const optionalSize = sizeText.transform(toBytes).optional();
export const path = z.string().regex(/^\//, { error: 'a path that starts with "/"' });
const anAddress = { error: 'an IP address or a name of this machine, such as "127.0.0.1", "::" or "localhost"' };
export const hostAddress = z
  .string(anAddress)
  .regex(/^(?:\w(?:[\w.-]*\w)?|[\da-f.]*:[\da-f:.]*(?:%[\w.-]+)?)$/i, anAddress);
export const port = z.int().min(1).max(65_535);
export const share = z.number().min(0).max(1);
export const instances = z.int().min(1).max(64);
/** Requests a second that must be reached. */
export const leastRate = z.number().min(0).optional();

const scenario = z.strictObject({
  path: path.describe('Path and query of the request.'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('HTTP method.'),
  headers: z.record(z.string(), z.string()).default({}).describe('Header fields of the request.'),
  body: z.string().optional().describe('Body of the request, sent as it is.'),
});
export const scenarios = z
  .array(scenario)
  .min(1)
  .default([{ path: '/', method: 'GET', headers: {} }]);

export type Scenario = z.infer<typeof scenario>;
