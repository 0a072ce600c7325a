import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Resolves when none of these runs; one that has ended and that its parent does not ask for runs no more. */
export async function untilGone(...pids: number[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise(setImmediate);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves when the file is there and whole, ending in a line feed. */
export async function appearing(file: string): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return text;
    await new Promise(setImmediate);
  }
}
