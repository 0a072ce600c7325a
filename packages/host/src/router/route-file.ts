import { readFile, rename } from 'node:fs/promises';
import { ownerOnly, replaceFile } from '@sluice/adapters/durable';
import { z } from '@sluice/core';
import { codeOf } from './failure';
import { routeSchema, type Route } from './route';

const fileSchema = z.strictObject({ version: z.literal(1), routes: z.array(routeSchema) });

export const saveRoutes = (path: string, routes: readonly Route[]): Promise<void> =>
  replaceFile(path, `${JSON.stringify({ version: 1, routes }, null, 2)}\n`, ownerOnly);

/**
 * The routes that were saved last. A file that can't be understood (truncated by hand, or of another version) is moved
 * aside and named in `problem`: the router then starts with no route, and the controller, which knows them, applies
 * them again.
 */
export async function loadRoutes(path: string): Promise<{ routes: Route[]; problem: string | null }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { routes: [], problem: null };
    throw error;
  }
  try {
    return { routes: fileSchema.parse(JSON.parse(text)).routes, problem: null };
  } catch (error) {
    const aside = `${path}.unreadable`;
    await rename(path, aside);
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return { routes: [], problem: `${path} was moved to ${aside}: ${reason}` };
  }
}
