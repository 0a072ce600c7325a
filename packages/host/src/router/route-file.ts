import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { codeOf } from './failure';
import { routeSchema, type Route } from './route';

const fileSchema = z.strictObject({ version: z.literal(1), routes: z.array(routeSchema) });

/** Writes a file whole or not at all; durable when it resolves. Readable by this user only. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync(); // the rename itself
  } finally {
    await folder.close();
  }
}

export const saveRoutes = (path: string, routes: readonly Route[]): Promise<void> =>
  writeDurably(path, `${JSON.stringify({ version: 1, routes }, null, 2)}\n`);

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
