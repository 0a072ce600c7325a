import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A project that is to be deployed. */
export interface Active {
  /** The digest of the signal of phase 5. */
  signal: string;
  /** What is said of it. */
  line: string;
}

/** What the hook's last call found out. */
export interface Memory {
  /** What was told last, and to which session. */
  told: string;
  /** The digest of what it was found out from; empty where that may not be told again. */
  inputs: string;
  active: readonly Active[];
}

const memoryFile = (root: string): string => join(root, '.sluice', 'hook.json');

/** `null` where there is none that can be read: then all is found out once more. */
export async function readMemory(root: string): Promise<Memory | null> {
  try {
    const value: unknown = JSON.parse(await readFile(memoryFile(root), 'utf8'));
    return isMemory(value) ? value : null;
  } catch {
    return null;
  }
}

/** Neither durable nor whole at every moment: what is lost is found out once more, and waiting for a disk takes long. */
export async function writeMemory(root: string, before: Memory | null, memory: Memory): Promise<void> {
  const text = JSON.stringify(memory);
  if (before !== null && JSON.stringify(before) === text) return;
  const file = memoryFile(root);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\n`);
}

// not by zod, whose loading takes longer than all else that the hook does
const isMemory = (value: unknown): value is Memory =>
  hasTexts(value, 'told', 'inputs') &&
  Array.isArray(value['active']) &&
  value['active'].every((one) => hasTexts(one, 'signal', 'line'));

const hasTexts = (value: unknown, ...keys: string[]): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && keys.every((key) => typeof Reflect.get(value, key) === 'string');
