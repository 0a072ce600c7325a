import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { mergeHistograms, type Instant, type InstanceCell } from '@sluice/core';
import { isSystemError } from '../supervisor/system-error';
import { hourFile } from '../router/history-file';
import { instanceMinuteSchema, type InstanceMinute } from '../router/minutes';

const hour = 3_600_000;
const day = 24 * hour;

/** So many lines are parsed before others get their turn. */
const atOnce = 200;

/**
 * What the processes of the router have written down of the day before `until`, each minute of an instance once. Lines that
 * are none (cut off as a process was killed) are passed over.
 * @param length of a minute, in ms
 */
export async function readHistory(
  folder: string,
  { until, length }: { until: Instant; length: number },
  signal: AbortSignal,
): Promise<InstanceCell[]> {
  signal.throwIfAborted();
  const from = until - day;
  const cells = new Map<string, InstanceCell>();
  for (let time = from - (from % hour); time < until; time += hour) {
    const lines = await linesOf(join(folder, hourFile(time)));
    for (let next = 0; next < lines.length; next += atOnce) {
      if (next > 0) await setImmediate();
      signal.throwIfAborted();
      for (const line of lines.slice(next, next + atOnce)) {
        const part = parse(line);
        if (part && part.minute * length >= from && (part.minute + 1) * length <= until) add(cells, part);
      }
    }
    signal.throwIfAborted();
  }
  return [...cells.values()];
}

async function linesOf(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

function parse(line: string): InstanceMinute | undefined {
  try {
    return instanceMinuteSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function add(cells: Map<string, InstanceCell>, { minute, instance, requests, errors, latency }: InstanceMinute): void {
  const key = `${minute}/${instance}`;
  const sum = cells.get(key);
  cells.set(key, {
    instance,
    block: minute,
    requests: (sum?.requests ?? 0) + requests,
    errors: (sum?.errors ?? 0) + errors,
    latency: sum ? mergeHistograms([sum.latency, latency]) : latency,
  });
}
