import { randomBytes } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ownerOnly, replaceFile } from '@sluice/adapters/durable';

/**
 * The secret of a workspace, made when it is first needed. The router signs cookies of sticky clients with it, and whoever
 * can read it may pin requests to a slot.
 */
export async function readSecret(hostFolder: string): Promise<string> {
  const file = join(hostFolder, 'secret');
  const known = await read(file);
  if (known !== undefined) return known;
  const made = `${randomBytes(32).toString('hex')}\n`;
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await replaceFile(draft, made, ownerOnly);
  // fails where there is one, made by a controller that starts at the same time perhaps
  await link(draft, file).catch(() => undefined);
  await rm(draft);
  const first = await read(file);
  if (first !== undefined) return first;
  await replaceFile(file, made, ownerOnly);
  return made.trim();
}

/** @returns `undefined` where there is none, or a part of one */
async function read(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^[0-9a-f]{64}\n$/.test(text) ? text.trim() : undefined;
}
