import { readHookCall, activationCode, z } from '@sluice/core';
import { replaceFile } from '@sluice/adapters/durable';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Site } from '../../stage/ground';
import { findSites } from '../find-site';
import { readActivation, type Found } from './read-activation';

/** What the hook of a coding agent adds to what the agent reads; `null` where there is nothing to say. Rejects like `findSites`. */
export async function hookAnswer(input: string, checkout: string): Promise<string | null> {
  const call = readHookCall(input);
  const sites = await findSites(checkout, checkout);
  const found = await Promise.all(sites.map(readIfPossible));
  const active = found.flatMap((one) => (one && one.found.active && !hasFailedHere(one) ? [one] : []));
  const [first] = active;
  if (!first) return null;
  const { root } = first.site;
  const told = `${call.session ?? ''} ${active.map(({ found }) => found.signal).join(' ')}`;
  const isNews = (await lastTold(root)) !== told;
  if (call.event === 'tool' && !isNews) return null; // after every tool it would be said again
  if (isNews) await replaceFile(toldFile(root), `${JSON.stringify({ told })}\n`);
  return call.answer(textOf(active));
}

interface Read {
  site: Site;
  found: Found;
}

/** One project's broken settings say nothing about the others. */
const readIfPossible = (site: Site): Promise<Read | null> =>
  readActivation(site).then(
    (found) => ({ site, found }),
    () => null,
  );

/** The same commit would fail again: the agent that mends it has to commit first. */
const hasFailedHere = ({ site, found: { signal, handled } }: Read): boolean =>
  handled !== null && handled.signal === signal && handled.failure !== null && handled.commit === site.head;

const textOf = (active: readonly Read[]): string =>
  [
    activationCode,
    ...active.map(({ site, found }) => `${site.project}: ${found.reason}. Deploy it: npx ${found.command}`),
  ].join('\n');

const toldFile = (root: string): string => join(root, '.sluice', 'hook.json');

async function lastTold(root: string): Promise<string | null> {
  try {
    return z.object({ told: z.string() }).parse(JSON.parse(await readFile(toldFile(root), 'utf8'))).told;
  } catch {
    return null;
  }
}
