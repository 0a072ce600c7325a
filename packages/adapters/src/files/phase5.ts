import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { phase5Files, readPhase5, type Phase5, type SignalFile } from '@sluice/core';
import { hasCode } from '../durable/durable-file';

/** Where signals of phase 5 are looked for: the main checkout, and the worktree where it is another one. */
export async function readPhase5In(root: string, worktree: string, minScore: number): Promise<Phase5> {
  const places =
    worktree === root
      ? [['main checkout', root] as const]
      : [['main checkout', root] as const, ['worktree', worktree] as const];
  const found = await Promise.all(
    places.flatMap(([place, checkout]) => phase5Files.map((path) => readSignal(place, checkout, path))),
  );
  return readPhase5(
    found.flatMap((file) => file ?? []),
    minScore,
  );
}

async function readSignal(place: string, checkout: string, path: SignalFile['path']): Promise<SignalFile | null> {
  try {
    return { path, place, text: await readFile(join(checkout, path), 'utf8') };
  } catch (error) {
    return hasCode(error, 'ENOENT', 'ENOTDIR') ? null : { path, place, text: null };
  }
}
