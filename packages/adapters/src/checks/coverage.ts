import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { readObject, z } from '@sluice/core';
import { hasCode } from '../durable/durable-file';

const summarySchema = z.object({ total: z.object({ lines: z.object({ pct: z.number() }) }) });

/** `lines`: those that the tests reach, in per cent. */
export interface Coverage {
  lines: number;
  file: string;
}

/**
 * The report `json-summary` of Istanbul, as Jest, Vitest, nyc and c8 write it, in an output folder of a target that tests: nx
 * empties these, so it is no older run's. Of several the lowest counts. `null` where there is none. Rejects where one is
 * something else.
 */
export async function readCoverage(worktree: string, outputs: readonly string[]): Promise<Coverage | null> {
  const found: Coverage[] = [];
  for (const output of outputs) {
    const file = posix.join(output, 'coverage-summary.json');
    const text = await readFile(join(worktree, file), 'utf8').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
      throw error;
    });
    if (text === null) continue;
    const parsed = summarySchema.safeParse(readObject(text));
    if (!parsed.success) throw new Error(`${file} is no report of the coverage: ${z.prettifyError(parsed.error)}`);
    found.push({ lines: parsed.data.total.lines.pct, file });
  }
  return found.sort((a, b) => a.lines - b.lines)[0] ?? null;
}
